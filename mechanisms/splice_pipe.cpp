// vmsplice(2): the sender's pages themselves go into a pipe, and read(2) copies out of them. A pipe filled by
// write(2) copies in as well.
//
// A page in the pipe still belongs to the sender, who must not write to it before it has been read. Nothing
// says when that is: poll(2) tells of room in the pipe, not of an empty one. So the sender has so many pages
// that one comes round again only when it must have left the pipe (pages_in_turn.hpp). Waiting until the pipe
// is empty (FIONREAD) takes fewer pages, but there is nothing to sleep on meanwhile, and the ends would take
// turns.
#include <sys/uio.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/pages_in_turn.hpp"
#include "mechanisms/parts/pipe_buffer.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kSpliceGift{
    .name = "splice_gift",
    .default_text = "0",
    .what =
        "1: the pages are given away for good (SPLICE_F_GIFT), and the sender takes "
        "fresh ones for each message; 0: it uses them again once they have been read",
    .min = 0,
    .max = 1};

class SplicingSender {
 public:
  SplicingSender(Fd fd, const LinkSpec& spec)
      : fd_(std::move(fd)),
        pages_(pipe_bytes(fd_.get()) / page_bytes(), spec.message_bytes),
        flags_((spec.wait == Wait::block ? 0U : SPLICE_F_NONBLOCK) |
               (gives_away(spec) ? SPLICE_F_GIFT : 0U)) {}

  static bool gives_away(const LinkSpec& spec) { return spec.parameter(kSpliceGift.name).value_or(0) == 1; }

  std::span<std::byte> loan(std::size_t n) { return {pages_.place(n), n}; }

  bool commit(std::size_t n) {
    std::byte* const message = pages_.place(n);
    while (spliced_ < n) {
      const iovec rest{.iov_base = message + spliced_, .iov_len = n - spliced_};
      const ssize_t got = vmsplice(fd_.get(), &rest, 1, flags_);
      if (got >= 0) {
        spliced_ += static_cast<std::size_t>(got);
      } else if (errno == EAGAIN) {
        return false;
      } else if (errno != EINTR) {
        throw_errno("vmsplice");
      }
    }
    // The pipe keeps the pages, and the next message that comes here finds fresh ones.
    if ((flags_ & SPLICE_F_GIFT) != 0) checked(madvise(message, whole_pages(n), MADV_DONTNEED), "madvise");
    pages_.next(n);
    spliced_ = 0;
    return true;
  }

  void park() { wait_for(fd_.get(), POLLOUT); }

 private:
  Fd fd_;
  PagesInTurn pages_;
  unsigned flags_;
  std::size_t spliced_ = 0;  // of the current message
};

class SplicePipe {
 public:
  static constexpr Traits kTraits{
      .name = "splice_pipe",
      .summary = "anonymous pipe that takes the sender's pages (vmsplice), and read",
      .kind = MechanismKind::pipe,
      .made_of = "pipe, vmsplice",
      .framing = Framing::stream,
      .sharing = kPipeSharing};
  static constexpr std::array kParameters{kPipeBytes, kSpliceGift};

  static Unavailable available() {
    try {
      const PipeEnds pipe = make_pipe();
      char byte = 0;
      const iovec one{.iov_base = &byte, .iov_len = 1};
      checked(vmsplice(pipe.write.get(), &one, 1, SPLICE_F_NONBLOCK), "vmsplice");
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }

  static std::unique_ptr<SplicePipe> create(const LinkSpec& spec) {
    PipeEnds pipe = make_pipe();
    set_pipe_bytes(pipe.write.get(), spec);
    return std::make_unique<SplicePipe>(
        spec, DescriptorPair({std::move(pipe.write), std::move(pipe.read)}, spec.one_process));
  }
  static std::unique_ptr<SplicePipe> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    return std::make_unique<SplicePipe>(spec, DescriptorPair::inherited(spec, side, numbers));
  }

  SplicePipe(LinkSpec spec, DescriptorPair fds)
      : spec_(std::move(spec)), fds_(std::move(fds)), pipe_bytes_(pipe_bytes(fds_.any())) {}

  SplicingSender sender() { return {fds_.take(Side::producer), spec_}; }
  StreamReceiver receiver() { return {fds_.take(Side::consumer), spec_}; }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const { return {{.fd = fds_.get(side)}}; }
  [[nodiscard]] Settings settings() const {
    return {{std::string(kPipeBytes.name), pipe_bytes_},
            {std::string(kSpliceGift.name), SplicingSender::gives_away(spec_) ? 1 : 0}};
  }

 private:
  LinkSpec spec_;
  DescriptorPair fds_;
  std::uint64_t pipe_bytes_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SplicePipe);
}  // namespace ipcbench
