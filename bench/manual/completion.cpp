#include "bench/manual/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "bench/manual/option_table.hpp"

namespace ipcbench {
namespace {

using Commands = std::vector<CommandEntry>;

// Within single quotes of any shell.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c == '\n' ? ' ' : c;
    }
  }
  return result + "'";
}

// As fish reads single quotes: \' and \\ are the only escapes.
std::string in_fish_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result + "'";
}

bool takes_value(const OptionEntry& option) { return !option.positional && !option.placeholder.empty(); }

// The arguments that follow a command without a dash.
const OptionEntry* positional_of(const CommandEntry& command) {
  for (const OptionEntry& option : command.options) {
    if (option.positional) return &option;
  }
  return nullptr;
}

// --- bash ------------------------------------------------------------------------------------------

std::string bash_reply(const OptionEntry& option) {
  if (!option.values.empty()) {
    return fmt::format("_ipcbench_values {} {}", option.list && !option.positional ? "list" : "one",
                       in_quotes(fmt::format("{}", fmt::join(option.values, " "))));
  }
  return option.files ? "_ipcbench_files" : "COMPREPLY=()";
}

std::string bash_options(const CommandEntry& command) {
  std::string cases;
  std::string names;
  for (const OptionEntry& option : command.options) {
    std::string pattern;
    for (const std::string& spelling : option.spellings) {
      if (option.positional) continue;
      names += fmt::format("{}{}", names.empty() ? "" : " ", spelling);
      pattern += fmt::format("{}'{} {}'", pattern.empty() ? "" : "|", command.name, spelling);
    }
    if (takes_value(option)) cases += fmt::format("    {}) {}; return ;;\n", pattern, bash_reply(option));
  }
  const OptionEntry* const positional = positional_of(command);
  return cases +
         fmt::format("    '{0} '*) if [[ $cur == -* ]]; then _ipcbench_values one {1}; else {2}; fi ;;\n",
                     command.name, in_quotes(names),
                     positional == nullptr ? "COMPREPLY=()" : bash_reply(*positional));
}

std::string names_of(const Commands& commands) {
  std::string names;
  for (const CommandEntry& command : commands) names += command.name + " ";
  return names + "--help --version";
}

// --- zsh -------------------------------------------------------------------------------------------

// Within the brackets and between the colons of _arguments.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_action(const OptionEntry& option) {
  if (option.values.empty()) return option.files ? "_files" : " ";
  const std::string values = fmt::format("{}", fmt::join(option.values, " "));
  return option.list && !option.positional ? fmt::format("_values -s , value {}", values)
                                           : fmt::format("({})", values);
}

std::string zsh_option(const OptionEntry& option) {
  if (option.positional) {
    return in_quotes(fmt::format("{}:{}:{}", option.list ? "*" : "1", zsh_text(option.spellings.front()),
                                 zsh_action(option)));
  }
  std::string specs;
  for (const std::string& spelling : option.spellings) {
    std::string spec = fmt::format("{}{}{}[{}]", option.list ? "*" : "", spelling,
                                   !takes_value(option)         ? ""
                                   : spelling.starts_with("--") ? "="
                                                                : "+",
                                   zsh_text(option.description));
    if (takes_value(option)) spec += fmt::format(":{}:{}", zsh_text(option.placeholder), zsh_action(option));
    specs += fmt::format("{}{}", specs.empty() ? "" : " ", in_quotes(spec));
  }
  return specs;
}

std::string zsh_command(const CommandEntry& command) {
  std::string text = fmt::format("        ({})\n          _arguments", command.name);
  for (const OptionEntry& option : command.options) text += " \\\n            " + zsh_option(option);
  return text + "\n          ;;\n";
}

// --- fish ------------------------------------------------------------------------------------------

std::string fish_values(const OptionEntry& option) {
  if (option.values.empty()) return option.files ? " -r -F" : takes_value(option) ? " -x" : "";
  const std::string values = fmt::format("{}", fmt::join(option.values, " "));
  return fmt::format(" -x -a {}",
                     in_fish_quotes(option.list ? fmt::format("(__fish_append , {})", values) : values));
}

std::string fish_option(const CommandEntry& command, const OptionEntry& option) {
  std::string text = fmt::format("complete -c ipcbench -n '__fish_seen_subcommand_from {}'", command.name);
  if (option.positional) {
    if (option.files) return text + " -F\n";
    return option.values.empty() ? "" : fmt::format("{} -a '{}'\n", text, fmt::join(option.values, " "));
  }
  for (const std::string& spelling : option.spellings) {
    text += spelling.starts_with("--") ? " -l " + spelling.substr(2) : " -s " + spelling.substr(1);
  }
  return fmt::format("{}{} -d {}\n", text, fish_values(option), in_fish_quotes(option.description));
}

}  // namespace

std::string bash_completion(const CLI::App& program) {
  const Commands commands = command_table(program);
  std::string cases;
  for (const CommandEntry& command : commands) cases += bash_options(command);
  return fmt::format(R"(# Completion of ipcbench for bash, written by `ipcbench reference bash`.
_ipcbench_values() {{  # one|list WORDS
  local prefix= last=$cur
  if [[ $1 == list ]]; then
    compopt -o nospace
    if [[ $cur == *,* ]]; then prefix=${{cur%,*}},; last=${{cur##*,}}; fi
  fi
  mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$2" -- "$last")
}}
_ipcbench_files() {{
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}}
_ipcbench() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD-1]}} command= i
  # "--size=64" is three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $option == = ]]; then
    option=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${{COMP_WORDS[i]}} != -* ]]; then command=${{COMP_WORDS[i]}}; break; fi
  done
  COMPREPLY=()
  case "$command $option" in
{}    ' '*) _ipcbench_values one {} ;;
  esac
}}
complete -F _ipcbench ipcbench
)",
                     cases, in_quotes(names_of(commands)));
}

std::string zsh_completion(const CLI::App& program) {
  const Commands commands = command_table(program);
  std::string names;
  std::string cases;
  for (const CommandEntry& command : commands) {
    names += fmt::format("        {}\n", in_quotes(command.name + ":" + command.description));
    cases += zsh_command(command);
  }
  return fmt::format(R"(#compdef ipcbench
# Completion of ipcbench for zsh, written by `ipcbench reference zsh`.
_ipcbench() {{
  local context state line
  typeset -A opt_args
  _arguments -C '--help[Print this help message and exit]' '--version[Print the version and exit]' \
    '1:command:->command' '*::argument:->argument'
  case $state in
    (command)
      local -a commands
      commands=(
{}      )
      _describe command commands
      ;;
    (argument)
      case $line[1] in
{}      esac
      ;;
  esac
}}
_ipcbench "$@"
)",
                     names, cases);
}

std::string fish_completion(const CLI::App& program) {
  std::string text =
      "# Completion of ipcbench for fish, written by `ipcbench reference fish`.\n"
      "complete -c ipcbench -f\n"
      "complete -c ipcbench -n __fish_use_subcommand -l version -d 'Print the version'\n"
      "complete -c ipcbench -n __fish_use_subcommand -l help -s h -d 'Print the help'\n";
  for (const CommandEntry& command : command_table(program)) {
    text += fmt::format("complete -c ipcbench -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        in_fish_quotes(command.description));
    for (const OptionEntry& option : command.options) text += fish_option(command, option);
  }
  return text;
}

}  // namespace ipcbench
