#include "plots/page.hpp"

#include <stdexcept>

namespace ipcbench {
namespace {

constexpr std::string_view kPlaceholder = "/*DATA*/";

// In JSON a '<' can only stand inside a string, where the escape means the same. Without any '<' there
// is neither "</script>" nor "<!--" for an HTML parser to find.
std::string escape_for_script(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (const char character : json) {
    if (character == '<') {
      escaped += "\\u003c";
    } else {
      escaped += character;
    }
  }
  return escaped;
}

}  // namespace

std::string fill_page(std::string_view page_template, std::string_view json) {
  const std::size_t at = page_template.find(kPlaceholder);
  if (at == std::string_view::npos) {
    throw std::runtime_error("the page template holds no " + std::string(kPlaceholder) +
                             ": it is not the one built with this program; build it again");
  }
  std::string page(page_template.substr(0, at));
  page += escape_for_script(json);
  page += page_template.substr(at + kPlaceholder.size());
  return page;
}

}  // namespace ipcbench
