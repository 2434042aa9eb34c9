// Contests about what vendors, papers and manuals say of libraries and of the kernel's newer ways.
#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {
namespace {

using Kind = MechanismKind;

// made_of begins with the library, if any, and goes on with what is under it.
bool is_of(const MechanismInfo& mechanism, std::string_view parts) {
  return mechanism.made_of.starts_with(parts);
}
bool is_library(const MechanismInfo& mechanism, std::string_view library) {
  return mechanism.kind == Kind::library && is_of(mechanism, library);
}

// A UNIX stream socket by the calls of the C library, which both ends open by its name.
bool is_plain_unix_stream(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind::socket && mechanism.stream && mechanism.made_of == "UNIX socket";
}
bool is_futex_ring(const MechanismInfo& mechanism) {
  return is_memory_ring(mechanism) && mechanism.made_of == "POSIX shared memory, futex";
}

bool is_large(const Cell& cell) { return cell.size_bytes >= (64 << 10); }
bool is_small_stream(const Cell& cell) {
  return cell.pattern == Pattern::throughput && cell.size_bytes <= 1024;
}
bool is_round_trip(const Cell& cell) { return cell.pattern == Pattern::latency; }

constexpr std::string_view kFewSizes = "--size 64,4KiB,64KiB,1MiB";

}  // namespace

const Contest kBatchingAgainstSocket{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "ZeroMQ, UNIX"); },
    is_plain_unix_stream,
    kFaster,
    kTimeAlone,
    Pairing::each,
    "--pattern throughput --size 64,1024",
    is_small_stream};
const Contest kZeroMqAgainstSocket{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "ZeroMQ, UNIX"); },
    is_plain_unix_stream,
    kSlower,
    kTimeAlone,
    Pairing::each,
    kFewSizes,
    is_round_trip};
const Contest kBrokerAgainstPeer{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "sd-bus, dbus-daemon"); },
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "sd-bus, UNIX"); },
    kSlower,
    kTimeAlone,
    Pairing::each,
    kFewSizes};
const Contest kCapnpAgainstGrpc{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "Cap'n Proto"); },
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "gRPC"); },
    kFaster,
    kTimeAlone,
    Pairing::each,
    kFewSizes};
const Contest kUserQueuesAgainstKernelQueues{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "Boost.Interprocess"); },
    [](const MechanismInfo& mechanism) { return mechanism.kind == Kind::queue; },
    kFaster,
    kTimeAlone,
    Pairing::each,
    "--size 64,4KiB"};
const Contest kAtomicQueueAgainstBoost{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "atomic_queue"); },
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "Boost.Lockfree"); },
    kFaster,
    kTimeAlone,
    Pairing::each,
    "--wait spin --size 64,4KiB"};
// Whose ends find the message where it was written.
const Contest kIceoryxAtAnySize{
    [](const MechanismInfo& mechanism) { return is_library(mechanism, "iceoryx"); },
    [](const MechanismInfo&) { return false; },
    kFaster,
    kTimeAlone,
    Pairing::each,
    "--pattern latency --payload copy,untouched --size 64,4KiB,64KiB,1MiB",
    is_round_trip,
    judge_constancy};
const Contest kUringAgainstCalls{[](const MechanismInfo& mechanism) {
                                   return mechanism.kind == Kind::socket &&
                                          is_of(mechanism, "UNIX socket, io_uring");
                                 },
                                 is_plain_unix_stream,
                                 kFaster,
                                 kTimeAlone,
                                 Pairing::each,
                                 kFewSizes};
const Contest kSpliceAgainstPipe{[](const MechanismInfo& mechanism) {
                                   return mechanism.kind == Kind::pipe &&
                                          mechanism.made_of.ends_with("vmsplice");
                                 },
                                 is_unnamed_pipe,
                                 kFaster,
                                 kTimeAlone,
                                 Pairing::each,
                                 "--size 64KiB,1MiB",
                                 is_large};
const Contest kOneCopyAgainstTwo{
    [](const MechanismInfo& mechanism) { return mechanism.kind == Kind::process_memory; },
    is_futex_ring,
    kFaster,
    kTimeAlone,
    Pairing::each,
    "--size 64KiB,1MiB",
    is_large};

}  // namespace ipcbench
