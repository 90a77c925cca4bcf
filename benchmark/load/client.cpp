#include "benchmark/load/client.h"

#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace nano::benchmark {
namespace {

std::string error_text(int error) { return std::strerror(error); }

}  // namespace

void Client::connect() {
  close();
  dialect_ = make_dialect(settings_);
  try {
    dialect_->prepare(address_.text);
  } catch (const DialectError& error) {
    return fail(error.what());
  }
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return fail("no socket could be made: " + error_text(errno));
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address_.number), sizeof address_.number) != 0 &&
      errno != EINPROGRESS) {
    return fail("connecting to " + address_.text + " failed: " + error_text(errno));
  }
  state_ = State::connecting;
  loop_.watch(socket_, EPOLLOUT, *this);
}

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::closed;
  heartbeat_due_ = LoadClock::time_point::max();
  backlog_.clear();
}

void Client::fail(const std::string& sentence) {
  close();
  failures_.add(sentence);
}

void Client::on_ready(std::uint32_t events) {
  if (state_ == State::connecting) return on_connected();
  if (events & EPOLLOUT) send_backlog();
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && socket_ >= 0) on_readable();
}

void Client::on_connected() {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return fail("connecting to " + address_.text + " failed: " + error_text(error));
  state_ = State::opening;
  loop_.change_watch(socket_, EPOLLIN, *this);
  dialect_->open(loop_.output());
  flush();
}

void Client::on_readable() {
  const auto buffer = loop_.input();
  const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) return fail("the connection to " + address_.text + " broke: " + error_text(errno));
  if (count == 0) return fail("the server at " + address_.text + " closed a connection");
  loop_.read_clock();
  try {
    dialect_->read(buffer.first(static_cast<std::size_t>(count)), loop_.output(), *this);
  } catch (const DialectError& error) {
    loop_.output().clear();
    return fail(error.what());
  }
  flush();
  keep_alive();
  if (socket_ >= 0) after_read();
}

void Client::on_opened() {
  state_ = State::open;
  const double interval_s = dialect_->heartbeat_interval_s();
  if (interval_s > 0) {
    heartbeat_period_ = seconds_of(interval_s / 2);
    heartbeat_due_ = loop_.now() + heartbeat_period_;
  }
  opened();
}

void Client::send_heartbeat() {
  heartbeat_due_ = loop_.now() + heartbeat_period_;
  dialect_->write_heartbeat(loop_.output());
  flush();
}

void Client::on_answer(std::uint64_t, bool, protocol::ByteView) {
  throw DialectError("the server answered what was not asked");
}

void Client::on_push(std::string_view, protocol::ByteView) {}

void Client::flush() {
  OutputBuffer& output = loop_.output();
  if (output.empty()) return;
  std::size_t sent = 0;
  if (backlog_.empty() && socket_ >= 0) sent = send_some(output.view());
  if (socket_ >= 0 && sent < output.view().size()) {
    if (backlog_.empty()) watch_for_writing(true);
    backlog_.append(output.view().subspan(sent));
  }
  output.clear();
}

void Client::send_backlog() {
  const std::size_t sent = send_some(backlog_.view());
  if (socket_ < 0) return;
  if (sent == backlog_.view().size()) {
    backlog_.clear();
    watch_for_writing(false);
    return;
  }
  OutputBuffer rest;
  rest.append(backlog_.view().subspan(sent));
  std::swap(backlog_, rest);
}

/// How much the socket took. May fail(), which closes.
std::size_t Client::send_some(protocol::ByteView bytes) {
  const ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno != EAGAIN && errno != EINTR) {
    fail("the connection to " + address_.text + " broke: " + error_text(errno));
  }
  return 0;
}

void Client::watch_for_writing(bool on) {
  loop_.change_watch(socket_, on ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
}

}  // namespace nano::benchmark
