#include "nano/transport/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace nano {

void Socket::set_no_delay() {
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Socket::reset_on_close() {
  const linger drop{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &drop, sizeof drop);
}

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace nano
