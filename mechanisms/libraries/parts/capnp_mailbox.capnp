@0xc9a77ff78495dc69;
# The interface of the mechanisms of Cap'n Proto: the build makes C++ of it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ipcbench::capnp_schema");

interface Mailbox {
  # Streaming: calls go out without waiting for the answers to those before them, within a window. They are taken in
  # their order, the next one when the one before is answered.
  put @0 (payload :Data) -> stream;
}
