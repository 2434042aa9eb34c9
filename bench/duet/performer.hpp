// One of the two programs of a duet, alive for one block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>

#include "bench/duet/protocol.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// A program that cannot take part any longer. what() is one line that names it, the cause and the remedy.
class DuetError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Ctrl-C, or a relative, while a program was being waited for.
struct DuetInterrupted {};

// Whatever asks the program throws DuetError and DuetInterrupted.
class Performer {
 public:
  Performer() = default;
  virtual ~Performer() = default;
  Performer(const Performer&) = delete;
  Performer& operator=(const Performer&) = delete;

  [[nodiscard]] virtual const DuetGreeting& greeting() const = 0;
  // The report of its session so far: host, doubts, floors; no rows.
  virtual Report describe() = 0;
  // `cell`: its place in the greeting.
  virtual DuetAnswer launch(std::size_t cell, std::uint32_t block) = 0;
};

// Starts it afresh: memory layout and whatever else is drawn once per process is drawn anew.
using StartPerformer = std::function<std::unique_ptr<Performer>()>;

}  // namespace ipcbench
