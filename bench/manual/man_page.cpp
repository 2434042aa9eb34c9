#include "bench/manual/man_page.hpp"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "bench/manual/option_table.hpp"

namespace ipcbench {
namespace {

// Text that means nothing to roff: a backslash and a hyphen that can be copied are escaped, and no line
// begins a request.
std::string roff(std::string_view text) {
  std::string result;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    line_begins = c == '\n';
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string option_text(const OptionEntry& option) {
  std::string names;
  for (const std::string& spelling : option.spellings) {
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(spelling));
  }
  if (!option.placeholder.empty()) names += fmt::format(" \\fI{}\\fR", roff(option.placeholder));
  return fmt::format(".TP\n{}\n{}\n", names, roff(option.description));
}

// Lines as they are.
std::string verbatim(const std::string& text) {
  return text.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", roff(text));
}

std::string synopsis_of(const CommandEntry& command) {
  std::string text = fmt::format(R"(\fBipcbench {}\fR [\fIoption\fR ...])", roff(command.name));
  for (const OptionEntry& option : command.options) {
    if (option.positional)
      text += fmt::format(" [\\fI{}\\fR{}]", option.spellings.front(), option.list ? " ..." : "");
  }
  return text;
}

std::string command_text(const CommandEntry& command) {
  std::string text = fmt::format(".SS {}\n{}\n.PP\n{}.\n", roff(command.name), synopsis_of(command),
                                 roff(command.description));
  for (const OptionEntry& option : command.options) text += option_text(option);
  return text + verbatim(command.footer);
}

}  // namespace

std::string man_page(const CLI::App& program) {
  std::string text = fmt::format(
      ".TH IPCBENCH 1 \"\" \"ipcbench {}\" \"User Commands\"\n"
      ".SH NAME\nipcbench \\- measure every way in which two processes on one Linux machine can communicate\n"
      ".SH SYNOPSIS\n\\fBipcbench\\fR \\fIcommand\\fR [\\fIoption\\fR ...]\n.SH COMMANDS\n",
      roff(IPCBENCH_VERSION));
  for (const CommandEntry& command : command_table(program)) text += command_text(command);
  text += fmt::format(".SH EXIT STATUS\n{}", verbatim(program.get_footer()));
  return text +
         ".SH ENVIRONMENT\n"
         ".TP\n\\fBIPCBENCH_RESULTS_DIR\\fR\nThe folder of reports without a name (default: results/runs).\n"
         ".TP\n\\fBTMPDIR\\fR\nThe folder of files, sockets and pipes during a run (default: /tmp).\n"
         ".TP\n\\fBNO_COLOR\\fR\nNo colours on terminals.\n";
}

}  // namespace ipcbench
