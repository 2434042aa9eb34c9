// Files that are written whole or not at all, and never through a link that somebody else has planted.
#pragma once

#include <filesystem>
#include <string_view>

namespace ipcbench {

// Throws FileError if `file` is or leads to a symbolic link that another user put into a directory that is
// open to all (sticky, as /tmp is): that user would choose which of our files to overwrite. The kernel has
// the same rule, but only with fs.protected_symlinks (proc(5)), which containers may lack.
void refuse_planted_link(const std::filesystem::path& file);

// Writes under an unpredictable temporary name and then renames the file: a reader finds the old content or
// the new, also after an error. Follows symbolic links, dangling ones too, but no planted ones, and never
// replaces a device or a directory. Throws FileError.
void write_whole_file(const std::filesystem::path& file, std::string_view text);

}  // namespace ipcbench
