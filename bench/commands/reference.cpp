// ipcbench reference: the manual page and completions, which the build installs.
#include <array>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "bench/manual/completion.hpp"
#include "bench/manual/man_page.hpp"

namespace ipcbench {
namespace {

struct Reference {
  std::string_view name;
  std::string (*write)(const CLI::App& program);
};
constexpr std::array kReferences{Reference{"man", man_page}, Reference{"bash", bash_completion},
                                 Reference{"zsh", zsh_completion}, Reference{"fish", fish_completion}};

}  // namespace

CommandAction declare_reference(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  app.add_option("KIND", *name, "What to print")->type_name("man|bash|zsh|fish")->required();
  return [name, &app](const Invocation&) {
    print(parse_choice("KIND", *name, kReferences).write(*app.get_parent()));
    return Outcome::success;
  };
}

}  // namespace ipcbench
