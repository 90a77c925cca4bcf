// The echo server over io_uring, with what makes it cheap: one receive that goes on for the life of a
// connection (multishot), buffers that the kernel takes when bytes have come (a buffer ring), completions
// that are made when this thread asks for them (deferred task work), and one system call for all that a turn
// sends.

#include "benchmark/limit/echo.h"

#if NANO_HAS_LIBURING

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <liburing.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace nano::limit {
namespace {

constexpr unsigned submissions = 4096;      // of a turn before they must go
constexpr unsigned completions = 4 * 4096;  // 1000 connections, a receive and a send of each, and room
constexpr unsigned buffers = 4096;          // a power of two; each is held until its echo is sent
constexpr unsigned buffer_bytes = 4096;
constexpr int buffer_group = 0;

enum class Operation : std::uint8_t { accept, receive, send };

/// What comes back with a completion, in its 64 bits.
struct Tag {
  Operation operation;
  std::uint16_t buffer;
  int socket;

  std::uint64_t packed() const {
    return std::uint64_t{static_cast<std::uint8_t>(operation)} << 48 | std::uint64_t{buffer} << 32 |
           static_cast<std::uint32_t>(socket);
  }
  static Tag of(std::uint64_t packed) {
    return {static_cast<Operation>(packed >> 48), static_cast<std::uint16_t>(packed >> 32),
            static_cast<int>(static_cast<std::uint32_t>(packed))};
  }
};

[[noreturn]] void fail(const std::string& what, int error) {
  const std::string sentence = what + ": " + std::strerror(error);
  if (error == EPERM || error == ENOSYS || error == EINVAL)
    throw NotPermitted("io_uring cannot be used here, " + sentence);
  throw std::runtime_error(sentence);
}

class Ring {
 public:
  Ring() {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
    params.cq_entries = completions;
    const int error = io_uring_queue_init_params(submissions, &ring_, &params);
    if (error < 0) fail("its queues are refused", -error);
    try {
      give_buffers();
    } catch (...) {
      io_uring_queue_exit(&ring_);
      throw;
    }
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() { io_uring_queue_exit(&ring_); }

  void serve(int listener) {
    accept_on(listener);
    while (!stop_asked()) {
      const int error = io_uring_submit_and_wait(&ring_, 1);
      if (error < 0 && error != -EINTR) fail("waiting failed", -error);
      take_completions();
    }
  }

 private:
  void give_buffers() {
    const std::size_t ring_bytes = buffers * sizeof(io_uring_buf);
    free_.reset(static_cast<io_uring_buf_ring*>(std::aligned_alloc(4096, ring_bytes)));
    io_uring_buf_ring_init(free_.get());
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(free_.get());
    registration.ring_entries = buffers;
    registration.bgid = buffer_group;
    const int error = io_uring_register_buf_ring(&ring_, &registration, 0);
    if (error < 0) fail("its buffer ring is refused", -error);
    for (unsigned i = 0; i < buffers; ++i) {
      io_uring_buf_ring_add(free_.get(), at(i), buffer_bytes, static_cast<std::uint16_t>(i), mask,
                            static_cast<int>(i));
    }
    io_uring_buf_ring_advance(free_.get(), static_cast<int>(buffers));
  }

  char* at(unsigned buffer) { return memory_.data() + std::size_t{buffer} * buffer_bytes; }

  void give_back(std::uint16_t buffer) {
    io_uring_buf_ring_add(free_.get(), at(buffer), buffer_bytes, buffer, mask, 0);
    io_uring_buf_ring_advance(free_.get(), 1);
  }

  io_uring_sqe* next(const Tag& tag, void (*prepare)(io_uring_sqe*, int), int socket) {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    if (entry == nullptr) {
      io_uring_submit(&ring_);
      entry = io_uring_get_sqe(&ring_);
    }
    prepare(entry, socket);
    io_uring_sqe_set_data64(entry, tag.packed());
    return entry;
  }

  void accept_on(int listener) {
    next(
        {Operation::accept, 0, listener},
        [](io_uring_sqe* entry, int socket) {
          io_uring_prep_multishot_accept(entry, socket, nullptr, nullptr, 0);
        },
        listener);
  }

  void receive_on(int socket) {
    io_uring_sqe* entry = next(
        {Operation::receive, 0, socket},
        [](io_uring_sqe* made, int from) { io_uring_prep_recv_multishot(made, from, nullptr, 0, 0); },
        socket);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = buffer_group;
  }

  void send_on(int socket, std::uint16_t buffer, unsigned bytes) {
    io_uring_sqe* entry = next(
        {Operation::send, buffer, socket},
        [](io_uring_sqe* made, int to) {
          io_uring_prep_send(made, to, nullptr, 0, MSG_NOSIGNAL | MSG_WAITALL);
        },
        socket);
    entry->addr = reinterpret_cast<std::uintptr_t>(at(buffer));
    entry->len = bytes;
  }

  void take_completions() {
    io_uring_cqe* completion = nullptr;
    unsigned head = 0;
    unsigned taken = 0;
    io_uring_for_each_cqe(&ring_, head, completion) {
      on_completion(Tag::of(completion->user_data), completion->res, completion->flags);
      ++taken;
    }
    io_uring_cq_advance(&ring_, taken);
  }

  void on_completion(const Tag& tag, int result, unsigned flags) {
    const bool goes_on = (flags & IORING_CQE_F_MORE) != 0;
    switch (tag.operation) {
      case Operation::accept:
        if (result >= 0) receive_on(result);
        if (!goes_on) accept_on(tag.socket);
        break;
      case Operation::receive: on_received(tag.socket, result, flags, goes_on); break;
      case Operation::send: give_back(tag.buffer); break;
    }
  }

  void on_received(int socket, int result, unsigned flags, bool goes_on) {
    if (result > 0) {
      send_on(socket, static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT),
              static_cast<unsigned>(result));
    }
    if (goes_on) return;
    const bool alive = result > 0 || result == -ENOBUFS;  // out of buffers: they come back with the sends
    if (alive) {
      receive_on(socket);
    } else {
      close(socket);
    }
  }

  static constexpr int mask = static_cast<int>(buffers) - 1;
  struct Free {
    void operator()(io_uring_buf_ring* memory) const { std::free(memory); }
  };

  io_uring ring_{};
  std::unique_ptr<io_uring_buf_ring, Free> free_;  // the buffers that the kernel may take
  std::vector<char> memory_ = std::vector<char>(std::size_t{buffers} * buffer_bytes);
};

}  // namespace

void check_io_uring() { const Ring ring; }

void echo_over_io_uring(int listener) {
  Ring ring;
  ring.serve(listener);
}

}  // namespace nano::limit

#else

namespace nano::limit {

void check_io_uring() {
  throw NotPermitted("it was built without liburing; install liburing-dev, run cmake again and build it");
}

void echo_over_io_uring(int) { check_io_uring(); }

}  // namespace nano::limit

#endif
