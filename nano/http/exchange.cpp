#include "nano/http/exchange.h"

#include "nano/base/limits.h"

namespace nano {

void HttpExchange::close() {
  Function<void()> tell;
  Function<void()> resume;
  {
    const std::lock_guard lock{mutex_};
    closed_.store(true, std::memory_order_release);
    tell = std::move(when_closed_);
    resume = std::move(resume_);
  }
  if (resume) run(std::move(resume));
  if (tell) tell();
}

void HttpExchange::on_taken(std::size_t bytes) {
  untaken_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  if (has_room()) resume_waiting(true);
}

void HttpExchange::wake() { resume_waiting(false); }

void HttpExchange::resume_waiting(bool for_room) {
  Function<void()> resume;
  {
    const std::lock_guard lock{mutex_};
    if (for_room_ == for_room) resume = std::move(resume_);
  }
  if (resume) run(std::move(resume));
}

void HttpExchange::run(Function<void()> resume) { resume_on_ ? resume_on_(std::move(resume)) : resume(); }

void HttpExchange::send(HttpPart part) {
  const std::lock_guard lock{mutex_};
  if (closed()) return;
  if (const auto* piece = std::get_if<HttpStreamPiece>(&part)) {
    untaken_bytes_.fetch_add(piece->bytes.size(), std::memory_order_relaxed);
  }
  send_(std::move(part));
}

void HttpExchange::when_closed(Function<void()> callback) {
  {
    const std::lock_guard lock{mutex_};
    if (!closed()) {
      when_closed_ = std::move(callback);
      return;
    }
  }
  callback();
}

void HttpExchange::end_wait() {
  Function<void()> forgotten;  // destroyed after the lock
  const std::lock_guard lock{mutex_};
  forgotten = std::move(resume_);
}

void HttpExchange::forget_writer() {
  end_wait();
  Function<void()> forgotten;  // destroyed after the lock
  const std::lock_guard lock{mutex_};
  forgotten = std::move(when_closed_);
}

bool HttpExchange::has_room() const {
  return untaken_bytes_.load(std::memory_order_relaxed) < limits::http_stream_ahead_bytes;
}

bool HttpExchange::wait(Duration pause, Function<void()> resume) {
  const std::lock_guard lock{mutex_};
  for_room_ = pause == Duration::zero();
  if (closed() || (for_room_ && has_room())) return false;
  resume_ = std::move(resume);
  if (!for_room_) send_(HttpPause{pause});  // the connection answers in a turn of its own
  return true;
}

}  // namespace nano
