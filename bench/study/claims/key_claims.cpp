#include "bench/study/claims/key_claims.hpp"

#include <linux/magic.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <map>
#include <set>

#include "harness/base/unpredictable.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::string file_system_of(const fs::path& directory) {
  constexpr long kXfs = 0x58465342;  // older headers lack it in linux/magic.h
  static const std::map<long, std::string> kNames{{TMPFS_MAGIC, "tmpfs"},
                                                  {EXT4_SUPER_MAGIC, "ext2/ext3/ext4"},
                                                  {BTRFS_SUPER_MAGIC, "btrfs"},
                                                  {OVERLAYFS_SUPER_MAGIC, "overlay"},
                                                  {kXfs, "xfs"}};
  struct statfs facts {};
  checked(statfs(directory.c_str(), &facts), "statfs");
  const auto name = kNames.find(static_cast<long>(facts.f_type));
  return name == kNames.end() ? fmt::format("file system {:#x}", facts.f_type) : name->second;
}

void create(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) throw KernelError(errno, fmt::format("cannot create {}", file.string()));
}

struct FileId {
  ino_t inode = 0;
  key_t key = 0;
};

FileId id_of(const fs::path& file) {
  constexpr int kProject = 'i';
  struct stat facts {};
  checked(stat(file.c_str(), &facts), "stat");
  return {facts.st_ino, checked(ftok(file.c_str(), kProject), "ftok")};
}

struct TemporaryFile {
  fs::path path;
  ~TemporaryFile() {
    std::error_code gone;
    fs::remove(path, gone);
  }
};

// Usual places for files, one per file system.
std::vector<fs::path> directories() {
  const char* const temporary = std::getenv("TMPDIR");
  std::set<dev_t> seen;
  std::vector<fs::path> chosen;
  for (const char* directory : {temporary != nullptr ? temporary : "/tmp", "/dev/shm", "."}) {
    struct stat facts {};
    if (stat(directory, &facts) == 0 && seen.insert(facts.st_dev).second) chosen.emplace_back(directory);
  }
  return chosen;
}

// A new queue and the key under which it can be looked up.
SysvObject make_queue(key_t& key) {
  SysvObject queue = SysvObject::create(ObjectKind::sysv_queue, [&key](key_t new_key, int flags) {
    key = new_key;
    return msgget(key, flags);
  });
  if (queue.id() < 0) throw_errno("no System V queue can be created (msgget)", {{ENOSYS, kNoSystemV}});
  return queue;
}

// The output of an installed program. Throws Error if there is none.
std::string output_of(const std::vector<std::string>& command) {
  const auto run = run_program(command, {}, {});
  if (!run) throw Error(fmt::format("{} is not installed", command.front()), "install util-linux");
  return run->output;
}

std::string hexadecimal(key_t key) { return fmt::format("{:#010x}", static_cast<unsigned>(key)); }

}  // namespace

Steps exclusive_creation(const GetByKey& get) {
  key_t key = 0;
  const SysvObject queue = make_queue(key);
  const auto found = [&](key_t wanted, int flags) {
    const int id = get(wanted, flags);
    return id < 0 ? error_name(errno) : id == queue.id() ? "this queue" : "another queue";
  };
  return Steps()
      .add("msgget(key, IPC_CREAT | IPC_EXCL) of a queue that exists", found(key, IPC_CREAT | IPC_EXCL),
           "EEXIST")
      .add("msgget(key, IPC_CREAT)", found(key, IPC_CREAT), "this queue")
      .add("msgget(key, IPC_EXCL)", found(key, IPC_EXCL), "this queue")
      .add("msgget(key, IPC_EXCL) with a key that nothing has", found(unpredictable_key(), IPC_EXCL),
           "ENOENT");
}

Steps shown_and_removed(const std::function<void(int)>& remove) {
  key_t key = 0;
  const SysvObject queue = make_queue(key);
  const auto shown = [&] {
    return output_of({"ipcs", "-q"}).find(hexadecimal(key)) == std::string::npos ? "not listed" : "listed";
  };
  Steps steps;
  steps.add("ipcs -q, after msgget(key, IPC_CREAT | IPC_EXCL)", shown(), "listed");
  if (remove)
    remove(queue.id());
  else
    output_of({"ipcrm", "-q", std::to_string(queue.id())});
  return steps
      .add("ipcrm -q ID, then msgget(key, 0)", msgget(key, 0) < 0 ? error_name(errno) : "found", "ENOENT")
      .add("ipcs -q", shown(), "not listed");
}

Steps ftok_bits(const Ftok& ftok) {
  const auto compare = [&](int one, int other) {
    return ftok(".", one) == ftok(".", other) ? "the same key" : "another key";
  };
  return Steps()
      .add(R"(ftok(".", 1) and ftok(".", 257))", compare(1, 257), "the same key")
      .add(R"(ftok(".", 1) and ftok(".", 129))", compare(1, 129), "another key");
}

Steps ftok_zero(const Ftok& ftok) {
  const key_t key = ftok(".", 0);
  return Steps().add(R"(ftok(".", 0))", key == -1 ? "-1" : hexadecimal(key), "-1");
}

Steps ftok_same(const Ftok& ftok) {
  const key_t key = ftok("/", 'i');
  const auto compare = [key](key_t other) { return key == other ? "the same key" : "another key"; };
  return Steps()
      .add(R"(ftok("/", 'i') twice)", compare(ftok("/", 'i')), "the same key")
      .add("in another process", compare(in_child<key_t>([&] { return ftok("/", 'i'); })), "the same key")
      .add(R"(by another path to the same place, ftok("/..", 'i'))", compare(ftok("/..", 'i')),
           "the same key");
}

void delete_and_create(const fs::path& file) {
  checked(unlink(file.c_str()), "unlink");
  create(file);
}

FtokOfRecreatedFile ftok_of_recreated_file(const fs::path& directory, const Recreate& recreate,
                                           unsigned tries) {
  FtokOfRecreatedFile result{
      .file_system = file_system_of(directory), .tries = tries, .other_inode = 0, .other_key = 0};
  const TemporaryFile file{directory / unpredictable_name()};
  create(file.path);
  for (unsigned i = 0; i < tries; ++i) {
    const FileId before = id_of(file.path);
    recreate(file.path);
    const FileId after = id_of(file.path);
    if (after.inode != before.inode) ++result.other_inode;
    if (after.key != before.key) ++result.other_key;
  }
  return result;
}

Steps ftok_of_recreated_files(const Recreate& recreate) {
  Steps steps;
  for (const auto& directory : directories()) {
    steps.unless_refused(directory.string(), [&] {
      const FtokOfRecreatedFile found = ftok_of_recreated_file(directory, recreate);
      steps.check(fmt::format("{} ({}): ftok() of a file that is deleted and created again {} times",
                              directory.string(), found.file_system, found.tries),
                  fmt::format("another inode {} times, another key {}", found.other_inode, found.other_key),
                  found.other_key == found.tries, "another key each time");
    });
  }
  return steps;
}

}  // namespace ipcbench
