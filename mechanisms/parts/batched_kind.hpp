// For a mechanism that is a template over a Kind, which says what differs: passes on the Kind's Batched.
#pragma once

namespace ipcbench {

template <template <class> class Of, class Kind>
struct BatchedBy {};

template <template <class> class Of, class Kind>
requires requires { typename Kind::Batched; }
struct BatchedBy<Of, Kind> {
  using Batched = Of<typename Kind::Batched>;
};

}  // namespace ipcbench
