# The compiler options of every target.
add_library(ipcbench_options INTERFACE)
target_include_directories(ipcbench_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
  $<INSTALL_INTERFACE:include/ipcbench>)
target_compile_features(ipcbench_options INTERFACE cxx_std_20)
# Boost.Math would work in long double, whose constants overflow under valgrind, which has 64 bits for it.
target_compile_definitions(ipcbench_options INTERFACE BOOST_MATH_PROMOTE_DOUBLE_POLICY=false)
# For this build alone: how an author of a mechanism compiles is the author's choice.
set(own -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast)
# clang reports deprecated functions that std::stable_sort of libstdc++ 12 itself calls.
list(APPEND own $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
# g++ collects garbage from 128 MB on. With 256 MB it takes 3 to 8 % less time, and as much memory at most.
list(APPEND own $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=262144>)
if(IPCBENCH_WARNINGS_AS_ERRORS)
  list(APPEND own -Werror)
endif()
target_compile_options(ipcbench_options INTERFACE "$<BUILD_INTERFACE:${own}>")
if(IPCBENCH_SANITIZE)
  add_compile_options(-fsanitize=${IPCBENCH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IPCBENCH_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    add_compile_options(-fno-sanitize=vptr)  # it does not know the types behind libstdc++'s std::filesystem iterators
    foreach(sanitizer address thread)
      if(IPCBENCH_SANITIZE MATCHES ${sanitizer})
        string(TOUPPER __SANITIZE_${sanitizer}__ macro)
        add_compile_definitions(${macro}=1)  # GCC's, which clang 19 lacks
      endif()
    endforeach()
  endif()
endif()
