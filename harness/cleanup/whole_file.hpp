// Files that are written whole or not at all, and never where somebody else has led them.
#pragma once

#include <filesystem>
#include <string_view>

namespace ipcbench {

// Throws FileError if `file` is a symbolic link, or leads to one, that another user put into a
// directory where everybody may (sticky, as /tmp is): it would have this user's privilege overwrite a file of
// that one's choice. The kernel's own rule, where fs.protected_symlinks is set (proc(5)); it may not be, in
// containers for one.
void refuse_planted_link(const std::filesystem::path& file);

// Writes a file under a temporary name, which nobody can foresee, and then gives it its own: a reader finds
// the old content or the new, and so does everybody after an error, FileError. Through symbolic
// links, dangling ones too, but not through planted ones; never in the place of a device or a directory.
void write_whole_file(const std::filesystem::path& file, std::string_view text);

}  // namespace ipcbench
