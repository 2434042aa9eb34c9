// Calls of a shared library that are answered by this program instead of by whom the library calls.
#pragma once

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

namespace ipcbench {

// Replaces the addresses of functions that a library imports, whoever has loaded it, and in whichever order:
// Cyclone DDS brings that of iceoryx along too.
class Imports {
 public:
  struct Import {
    std::uintptr_t theirs;
    std::uintptr_t ours;
    bool is_found = false;
  };

  template <class Function>
  static std::uintptr_t address(Function* function) {
    return std::bit_cast<std::uintptr_t>(function);
  }

  // Where `library` stands in the path of a loaded object. False: an import was not found.
  static bool redirect(std::string_view library, std::span<Import> imports) {
    Imports all{library, imports};
    dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void* self) {
          static_cast<Imports*>(self)->look_into(*object);
          return 0;
        },
        &all);
    for (const Import& import : imports) {
      if (!import.is_found) return false;
    }
    return true;
  }

 private:
  Imports(std::string_view library, std::span<Import> imports) : library_(library), imports_(imports) {}

  void look_into(const dl_phdr_info& object) {
    if (std::string_view(object.dlpi_name).find(library_) == std::string_view::npos) return;
    const std::span headers(object.dlpi_phdr, object.dlpi_phnum);
    protect(object, headers, PROT_READ | PROT_WRITE);
    for (const auto& header : headers) {
      if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0)
        replace({std::bit_cast<std::uintptr_t*>(object.dlpi_addr + header.p_vaddr),
                 header.p_filesz / sizeof(std::uintptr_t)});
    }
    protect(object, headers, PROT_READ);
  }
  // The imports are in what the loader protects once it has bound them (ld -z relro).
  template <class Headers>
  static void protect(const dl_phdr_info& object, const Headers& headers, int access) {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    for (const auto& header : headers) {
      if (header.p_type != PT_GNU_RELRO) continue;
      const std::uintptr_t start = (object.dlpi_addr + header.p_vaddr) & ~(page - 1);
      const std::uintptr_t end = (object.dlpi_addr + header.p_vaddr + header.p_memsz) & ~(page - 1);
      mprotect(std::bit_cast<void*>(start), end - start, access);
    }
  }
  void replace(std::span<std::uintptr_t> words) {
    for (std::uintptr_t& word : words) {
      for (Import& import : imports_) {
        if (word == import.ours) import.is_found = true;  // by another object of this process
        if (word != import.theirs) continue;
        word = import.ours;
        import.is_found = true;
      }
    }
  }

  std::string_view library_;
  std::span<Import> imports_;
};

}  // namespace ipcbench
