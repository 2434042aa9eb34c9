// The headers of Cap'n Proto 0.9, made to compile as C++20. They leave `char pointer == string` to the
// compiler, which turns it round. It no longer does for a class that has != as well (P2468R2; clang 16, g++
// 13).
#pragma once

#include <kj/string.h>

#if __cpp_impl_three_way_comparison
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) { return StringPtr(a) == b; }
inline bool operator!=(const char* a, const StringPtr& b) { return StringPtr(a) != b; }
}  // namespace kj
#endif

#include <capnp/message.h>
#include <capnp/rpc-twoparty.h>
#include <capnp_mailbox.capnp.h>
#include <kj/async-io.h>
#include <kj/io.h>
