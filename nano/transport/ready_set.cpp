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

std::size_t ReadySet::poll(const Clock& clock) {
  std::array<epoll_event, limits::events_per_turn> events;
  const int found = epoll_wait(epoll_.native_handle(), events.data(), events.size(), 0);
  const auto count = static_cast<std::size_t>(std::max(found, 0));
  const std::size_t active = count + line_.size();
  if (active == 0) return 0;
  begin_round(active, clock);
  // One that closes another leaves it in removed_, so none of the pointers dangles.
  for (std::size_t i = 0; i < count; ++i) {
    auto& connection = *static_cast<SocketConnection*>(events[i].data.ptr);
    if (!connection.on_ready(events[i].events)) continue;
    if (!line_.has_new() && clock.coarse_now() < share_.until) {
      connection.take_turn();
    } else {
      line_.add_new(connection.in_line());
    }
  }
  line_.serve(clock, share_.until, [](const auto& connection) { connection->take_turn(); });
  if (began_ != TimePoint{}) meter_.learn(packets_, clock.now() - began_);
  return active;
}

void ReadySet::begin_round(std::size_t active, const Clock& clock) {
  packets_ = 0;
  began_ = active > limits::round_clients_measured ? clock.now() : TimePoint{};
  share_ = meter_.share(active, clock.coarse_now() + limits::round_time);
  read_bytes_ = std::clamp(limits::read_round_bytes / active, limits::read_share_bytes_least,
                           limits::read_buffer_bytes);
}

void ReadySet::wake_when_ready() {
  if (std::exchange(armed_, true)) return;
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code cancelled) {
    if (!cancelled) armed_ = false;
  });
}

}  // namespace nano
