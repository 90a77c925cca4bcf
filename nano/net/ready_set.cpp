#include "nano/net/ready_set.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <sys/epoll.h>
#include <utility>

#include "nano/base/limits.h"

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

std::error_code ReadySet::add(std::shared_ptr<Pollable> connection) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = connection.get();
  if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, connection->descriptor(), &event) != 0) {
    return {errno, std::generic_category()};
  }
  connection->place_ = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(std::move(connection));
  return {};
}

void ReadySet::remove(Pollable& connection) {
  epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, connection.descriptor(), nullptr);
  const std::size_t place = connection.place_;
  removed_.push_back(std::move(connections_[place]));
  if (place + 1 != connections_.size()) {
    connections_[place] = std::move(connections_.back());
    connections_[place]->place_ = static_cast<std::uint32_t>(place);
  }
  connections_.pop_back();
}

void ReadySet::forget_removed() {
  if (removed_.empty()) return;
  const auto gone = std::exchange(removed_, {});  // ending them may remove others
}

std::size_t ReadySet::poll(const Clock& clock, Duration round) {
  std::array<epoll_event, limits::events_per_turn> events;
  std::size_t found = look(events);
  const std::size_t active = found + line_.size();
  if (active == 0) return 0;
  begin_round(active, clock, round);
  std::size_t ready = serve({events.data(), found}, clock);
  // Those in line fill the events, too, as long as more comes from them; who waits behind must not.
  for (int i = 0; i < limits::looks_per_turn && found == events.size() && ready < found / 2; ++i) {
    found = look(events);
    ready += serve({events.data(), found}, clock);
  }
  line_.serve(clock, share_.until, [](const auto& connection) { connection->take_turn(); });
  if (began_ != TimePoint{}) meter_.learn(packets_, clock.now() - began_);
  return active;
}

std::size_t ReadySet::look(std::span<epoll_event> events) {
  const int found = epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  return static_cast<std::size_t>(std::max(found, 0));
}

/// Returns how many were ready anew. One that closes another leaves it in removed_, so none of the pointers
/// dangles.
std::size_t ReadySet::serve(std::span<const epoll_event> events, const Clock& clock) {
  std::size_t ready = 0;
  for (const epoll_event& event : events) {
    auto& connection = *static_cast<Pollable*>(event.data.ptr);
    if (!connection.on_ready(event.events)) continue;
    ++ready;
    if (!line_.has_new() && in_time(clock)) {
      connection.take_turn();
    } else {
      line_.add_new(connection.in_line());
    }
  }
  return ready;
}

bool ReadySet::in_time(const Clock& clock) const {
  return (began_ == TimePoint{} ? clock.coarse_now() : clock.now()) < share_.until;
}

void ReadySet::begin_round(std::size_t active, const Clock& clock, Duration round) {
  line_.begin_round();
  packets_ = 0;
  const TimePoint now = clock.now();
  began_ = active > limits::round_clients_measured ? now : TimePoint{};
  share_ = meter_.share(active, now + round);
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
