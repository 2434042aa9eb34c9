// A report that somebody names by its digest, found through an index.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ipcbench {

// Whether the text may be a digest or the beginning of one: 8 to 64 hexadecimal digits.
bool is_digest(std::string_view text);
// Whether it would be with more digits.
bool is_too_short_for_digest(std::string_view text);

// The file of the only report of the index whose digest begins so. Throws IndexError if there is none or
// more than one, and if the file is gone or has another digest now.
std::filesystem::path report_in_index(const std::string& database, const std::string& digest);

}  // namespace ipcbench
