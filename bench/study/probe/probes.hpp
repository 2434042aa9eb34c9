// The probes: each tries one thing on fresh objects of a mechanism, which it removes again.
#pragma once

#include <span>
#include <vector>

#include "bench/study/probe/notebook.hpp"
#include "bench/study/probe/stage.hpp"

namespace ipcbench {

struct Probe {
  std::vector<Guarantee> about;  // what it answers, at the latest when it returns
  // Throws NotTried where it cannot be made, and any other exception where it does not understand what it
  // sees.
  void (*run)(const Subject& subject, const Notebook& notes);
};

// Two programs started afresh exchange verified messages.
void probe_unrelated(const Subject& subject, const Notebook& notes);
// Each side attaches, and uses the object, while the other is not there.
void probe_opening(const Subject& subject, const Notebook& notes);
// The side that receives answers over the same object.
void probe_duplex(const Subject& subject, const Notebook& notes);
// Two short messages wait where the receiver asks for as much as both.
void probe_boundaries(const Subject& subject, const Notebook& notes);
// The object is filled by messages of several lengths, and emptied.
void probe_filling(const Subject& subject, const Notebook& notes);
// A message of the greatest length, and one of a byte more.
void probe_largest(const Subject& subject, const Notebook& notes);
// Several processes send at once, around PIPE_BUF.
void probe_senders(const Subject& subject, const Notebook& notes);
// Priorities, selection by type and the death of a holder, of the mechanisms that have such.
void probe_specials(const Subject& subject, const Notebook& notes);
// The process of one side is killed while the other waits.
void probe_writer_gone(const Subject& subject, const Notebook& notes);
void probe_reader_gone(const Subject& subject, const Notebook& notes);
// All processes are killed, and others look for the object.
void probe_lifetime(const Subject& subject, const Notebook& notes);
// The lists of the kernel before and after.
void probe_visible(const Subject& subject, const Notebook& notes);
// What the mechanism says of its limits.
void probe_limits(const Subject& subject, const Notebook& notes);

std::span<const Probe> probes();

}  // namespace ipcbench
