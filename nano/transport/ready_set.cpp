#include "nano/transport/ready_set.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <sys/epoll.h>
#include <utility>

#include "nano/base/limits.h"
#include "nano/transport/socket_connection.h"

namespace nano {
namespace {

int create_epoll() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return epoll;
}

}  // namespace

ReadySet::ReadySet(asio::io_context& context) : epoll_(context, create_epoll()) {}

ReadySet::~ReadySet() = default;

std::error_code ReadySet::add(std::shared_ptr<SocketConnection> connection) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = connection.get();
  if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, connection->descriptor(), &event) != 0) {
    return {errno, std::generic_category()};
  }
  connection->set_place(connections_.size());
  connections_.push_back(std::move(connection));
  return {};
}

void ReadySet::remove(SocketConnection& connection) {
  epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, connection.descriptor(), nullptr);
  const std::size_t place = connection.place();
  removed_.push_back(std::move(connections_[place]));
  if (place + 1 != connections_.size()) {
    connections_[place] = std::move(connections_.back());
    connections_[place]->set_place(place);
  }
  connections_.pop_back();
}

void ReadySet::forget_removed() {
  if (removed_.empty()) return;
  const auto gone = std::exchange(removed_, {});  // ending them may remove others
}

std::size_t ReadySet::poll() {
  const auto unread = std::exchange(unread_, {});  // what is left unread now is for the next time
  std::array<epoll_event, limits::events_per_turn> events;
  const int count = epoll_wait(epoll_.native_handle(), events.data(), events.size(), 0);
  // One that closes another leaves it in removed_, so none of the pointers dangles.
  for (int i = 0; i < count; ++i) {
    static_cast<SocketConnection*>(events[i].data.ptr)->on_ready(events[i].events);
  }
  const std::size_t read_on = std::min<std::size_t>(unread.size(), limits::events_per_turn);
  for (std::size_t i = 0; i < read_on; ++i) unread[i]->read_more();
  unread_.insert(unread_.begin(), unread.begin() + static_cast<std::ptrdiff_t>(read_on), unread.end());
  return read_on + (count > 0 ? static_cast<std::size_t>(count) : 0);
}

void ReadySet::wake_when_ready() {
  if (std::exchange(armed_, true)) return;
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code cancelled) {
    if (!cancelled) armed_ = false;
  });
}

}  // namespace nano
