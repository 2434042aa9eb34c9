// The chart page: a template with the data put in.
#pragma once

#include <string>
#include <string_view>

namespace ipcbench {

// The template with its placeholder replaced by the data, escaped so that no text in it can end the
// script element that it stands in. `json` is any valid JSON. Throws std::runtime_error if the template
// has no placeholder.
std::string fill_page(std::string_view page_template, std::string_view json);

}  // namespace ipcbench
