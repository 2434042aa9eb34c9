// The probes. Each tries one thing on objects of its own, which it removes again.
#pragma once

#include <span>
#include <vector>

#include "bench/study/probe/finding.hpp"
#include "bench/study/probe/probed_object.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

struct Probe {
  std::vector<Guarantee> about;  // the questions that it answers
  // Throws NotTried where it does not apply, any other exception where it cannot explain what it sees.
  void (*run)(const Subject& subject, const Notebook& notes);
};

// Two unrelated programs exchange verified messages.
void probe_unrelated(const Subject& subject, const Notebook& notes);
// Each side attaches and uses the object while the other is absent.
void probe_opening(const Subject& subject, const Notebook& notes);
// The receiver answers over the same object.
void probe_duplex(const Subject& subject, const Notebook& notes);
// Two short messages wait while the receiver asks for as many bytes as both have.
void probe_boundaries(const Subject& subject, const Notebook& notes);
// The object is filled with messages of several lengths, and emptied.
void probe_capacity(const Subject& subject, const Notebook& notes);
// A message of the greatest length, and one that is a byte longer.
void probe_largest(const Subject& subject, const Notebook& notes);
// Several processes send at once, with lengths around PIPE_BUF.
void probe_senders(const Subject& subject, const Notebook& notes);
// Priorities, selection by type and the death of a lock's holder, where the mechanism has them.
void probe_specials(const Subject& subject, const Notebook& notes);
// The process of one side is killed while the other waits.
void probe_writer_gone(const Subject& subject, const Notebook& notes);
void probe_reader_gone(const Subject& subject, const Notebook& notes);
// Both ends are killed, and new ones look for the object.
void probe_lifetime(const Subject& subject, const Notebook& notes);
// The kernel's lists while the object is in use.
void probe_visible(const Subject& subject, const Notebook& notes);
// The limits that the mechanism declares.
void probe_limits(const Subject& subject, const Notebook& notes);

std::span<const Probe> probes();

struct OpenAttempt {
  std::string_view how;  // "O_RDONLY"
  Attempt attempt;
};
// The rules for opening a FIFO (fifo(7)), tried on `path`: five ways of opening it while nobody else has it
// open, and writing while another process has it open for reading.
std::vector<OpenAttempt> try_opening(const std::string& path);

}  // namespace ipcbench
