// The probes of bytes without a protocol: on memory, and on bytes that behave otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "bench/study/probe/probes.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

using State = ProbeFinding::State;

ProbeFinding bytes_answer(Guarantee guarantee, const MechanismEntry& mechanism) {
  const auto asks = [&](const Probe& each) {
    return std::ranges::find(each.about, guarantee) != each.about.end();
  };
  const SharedMapping memory(-1, sizeof(Notebook));
  Notebook& notes = *new (memory.data()) Notebook;
  run_probe(*std::ranges::find_if(probes_of_bytes(), asks), mechanism, {}, notes);
  return notes.about(guarantee);
}

void expect(const MechanismEntry& mechanism, Guarantee guarantee, std::string_view expected) {
  const ProbeFinding finding = bytes_answer(guarantee, mechanism);
  EXPECT_EQ(finding.state, State::found) << finding.evidence;
  EXPECT_EQ(finding.answer, expected) << finding.evidence;
}

enum class Behaviour {
  private_copies,  // each process has its own
  first_stays,     // a place is stored to once
  guarded,         // a lock makes each load or store whole
  transactions,    // a load takes the lock, the store that follows gives it back
};

// Inherited memory, its first word a lock.
template <Behaviour kBehaviour>
class OddBytes final : public RawBytes {
 public:
  explicit OddBytes(std::size_t bytes)
      : memory_(bytes + kHead, PROT_READ | PROT_WRITE,
                (kBehaviour == Behaviour::private_copies ? MAP_PRIVATE : MAP_SHARED) | MAP_ANONYMOUS) {}

  [[nodiscard]] std::string address() const override { return {}; }
  void store(std::size_t at, std::span<const std::byte> bytes) override {
    if (kBehaviour == Behaviour::guarded) lock();
    if (kBehaviour != Behaviour::first_stays || *there(at) == std::byte{})
      std::ranges::copy(bytes, there(at));
    unlock();
  }
  void load(std::size_t at, std::span<std::byte> bytes) const override {
    if (kBehaviour == Behaviour::guarded || kBehaviour == Behaviour::transactions) lock();
    std::memcpy(bytes.data(), there(at), bytes.size());
    if (kBehaviour == Behaviour::guarded) unlock();
  }

 private:
  static constexpr std::size_t kHead = 64;
  [[nodiscard]] std::byte* there(std::size_t at) const {
    return static_cast<std::byte*>(memory_.data()) + kHead + at;
  }
  [[nodiscard]] std::atomic_ref<int> word() const {
    return std::atomic_ref(*static_cast<int*>(memory_.data()));
  }
  void lock() const {
    while (word().exchange(1) != 0) sched_yield();
  }
  void unlock() const { word().store(0); }

  Mapping memory_;
};

template <Behaviour kBehaviour>
MechanismEntry odd() {
  MechanismEntry entry = *find_mechanism("anon_mmap_ring");
  entry.raw = {"odd bytes",
               [](const LinkSpec&, std::size_t bytes) -> std::unique_ptr<RawBytes> {
                 return std::make_unique<OddBytes<kBehaviour>>(bytes);
               },
               nullptr};
  return entry;
}

TEST(ProbeBytes, BothWays) {
  expect(*find_mechanism("anon_mmap_ring"), Guarantee::duplex, "yes, shared");
  expect(odd<Behaviour::private_copies>(), Guarantee::duplex, "no");
}

TEST(ProbeBytes, WhatIsStoredOverTheLast) {
  for (const auto& [question, memory, otherwise] :
       {std::tuple{Guarantee::order, "no", "yes"}, std::tuple{Guarantee::reliable, "no", "yes"},
        std::tuple{Guarantee::when_full, "overwrites", "keeps the first"}}) {
    expect(*find_mechanism("anon_mmap_ring"), question, memory);
    expect(odd<Behaviour::first_stays>(), question, otherwise);
  }
}

TEST(ProbeBytes, LostUpdates) {
  expect(*find_mechanism("anon_mmap_ring"), Guarantee::updates, "no");
  expect(odd<Behaviour::transactions>(), Guarantee::updates, "none seen lost");
}

TEST(ProbeBytes, TornStores) {
  expect(*find_mechanism("anon_mmap_ring"), Guarantee::senders, "whole to 8 B");
  expect(odd<Behaviour::guarded>(), Guarantee::senders, "none seen mixed");
}

// What a killed creator leaves is removed by way of the run directory's ledger.
TEST(ProbeBytes, LifeAndRights) {
  if (RunDirectory::current() != nullptr) GTEST_SKIP() << "this process has a run directory already";
  const RunDirectory directory(false);
  expect(*find_mechanism("sysv_shm_ring"), Guarantee::lifetime, "kernel");
  expect(*find_mechanism("file_mmap_ring"), Guarantee::lifetime, "file");
  expect(*find_mechanism("memfd_ring"), Guarantee::lifetime, "process");
  const ProbeFinding rights = bytes_answer(Guarantee::rights, *find_mechanism("posix_shm_ring"));
  EXPECT_EQ(rights.state, geteuid() == 0 ? State::by_design : State::not_tried) << rights.evidence;
  EXPECT_EQ(rights.answer, geteuid() == 0 ? "no" : "not tried") << rights.evidence;
}

TEST(ProbeBytes, AnswersEveryGuaranteeOnce) {
  if (RunDirectory::current() != nullptr) GTEST_SKIP() << "this process has a run directory already";
  const RunDirectory directory(false);
  const std::vector<const MechanismEntry*> one{find_mechanism("file")};
  const ProbedMechanism row = probe_mechanisms(one, {.bytes_too = true}).front();
  EXPECT_EQ(row.name, "regular file");
  ASSERT_EQ(row.findings.size(), kAxis<Guarantee>.size());
  for (std::size_t i = 0; i < row.findings.size(); ++i) {
    EXPECT_EQ(row.findings[i].guarantee, kAxis<Guarantee>[i].value);
    EXPECT_NE(row.findings[i].state, State::failed) << row.findings[i].evidence;
  }
}

}  // namespace
}  // namespace ipcbench
