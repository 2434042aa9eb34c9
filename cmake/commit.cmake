# Writes the commit of the source into a C++ file, if it has changed: cmake -D SOURCE=FOLDER -D FILE=FILE -P commit.cmake.
cmake_policy(VERSION 3.25)
set(commit "")
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD OUTPUT_VARIABLE head RESULT_VARIABLE code
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND git -C "${SOURCE}" rev-parse --show-prefix OUTPUT_VARIABLE below OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
# Below the top of a checkout, the checkout is somebody else's, which contains this source unpacked.
if(code EQUAL 0 AND below STREQUAL "")
  set(commit ${head})
  execute_process(COMMAND git -C "${SOURCE}" diff --quiet HEAD RESULT_VARIABLE changed ERROR_QUIET)
  if(changed)
    string(APPEND commit "-changed")
  endif()
endif()
file(CONFIGURE OUTPUT "${FILE}" CONTENT "#include <string_view>
namespace ipcbench {
extern const std::string_view kProgramCommit;
const std::string_view kProgramCommit = \"@commit@\";
}  // namespace ipcbench
" @ONLY)
