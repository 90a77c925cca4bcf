// Internal header. The bare echo servers: what their two ways to ask the kernel have in common.
#pragma once

#include <stdexcept>

namespace nano::limit {

/// io_uring cannot be had here: the kernel has it not, or forbids it. The text is a sentence.
class NotPermitted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whether a signal asked to stop.
bool stop_asked();

/// Serve the clients of a listening socket on this thread, each byte sent back, until stop_asked(). They
/// trust their clients: who sends without reading the answers is closed, or gets them in disorder.
void echo_over_epoll(int listener);
/// Throws NotPermitted, and std::runtime_error when something else fails.
void echo_over_io_uring(int listener);

/// Throws NotPermitted unless echo_over_io_uring() would run here.
void check_io_uring();

}  // namespace nano::limit
