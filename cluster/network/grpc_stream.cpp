#include "cluster/network/grpc_stream.h"

#include <utility>

#include "cluster/network/grpc_bytes.h"
#include "cluster/network/limits.h"

namespace nano::cluster {
void GrpcStreamCall::send(std::string message) {
  grpc::ByteBuffer buffer = to_buffer(std::move(message));
  const std::lock_guard lock{write_mutex_};
  if (!may_write_ || broken_) return;
  if (writing_) {
    waiting_.push_back(std::move(buffer));
    return;
  }
  writing_ = true;
  outgoing_.Swap(&buffer);
  start_write(&outgoing_, false);
}

void GrpcStreamCall::written(bool ok) {
  grpc::ByteBuffer done;  // freed after the lock
  const std::lock_guard lock{write_mutex_};
  done.Swap(&outgoing_);
  if (ok && may_write_ && !waiting_.empty()) {
    outgoing_.Swap(&waiting_.front());
    waiting_.pop_front();
    start_write(&outgoing_, !waiting_.empty());
    return;
  }
  writing_ = false;
  if (!may_write_) return finished_writing();
  if (ok) return;
  // The reading side will hear why. What is sent until then goes nowhere.
  broken_ = true;
  waiting_.clear();
}

void GrpcStreamCall::read(bool ok) {
  if (!ok) return read_last();
  grpc::Slice slice = to_slice(incoming_);
  incoming_.Clear();
  const auto bytes = static_cast<std::int64_t>(slice.size()) + limits::grpc_message_overhead_bytes;
  // Before the next read is allowed, which would overtake it.
  handover().report(*this, GrpcHandover::Report::message, std::move(slice));
  const std::lock_guard lock{read_mutex_};
  untaken_bytes_ += bytes;
  if (!may_read_) return;
  paused_ = untaken_bytes_ > limits::grpc_untaken_bytes;
  if (!paused_) start_read(&incoming_);
}

void GrpcStreamCall::taken(std::size_t bytes) {
  const std::lock_guard lock{read_mutex_};
  untaken_bytes_ -= static_cast<std::int64_t>(bytes) + limits::grpc_message_overhead_bytes;
  if (!paused_ || !may_read_ || untaken_bytes_ > limits::grpc_untaken_bytes) return;
  paused_ = false;
  start_read(&incoming_);
}

void GrpcStreamCall::end(const std::optional<grpc::Status>& why) {
  {
    const std::lock_guard lock{read_mutex_};
    may_read_ = false;
  }
  std::deque<grpc::ByteBuffer> dropped;  // freed after the lock
  const std::lock_guard lock{write_mutex_};
  if (!std::exchange(may_write_, false)) return;
  dropped.swap(waiting_);
  finish(why, writing_);
}

void GrpcStreamCall::message(const grpc::Slice& slice) {
  if (!events_) return;  // it has ended, so nothing is read any more
  taken(slice.size());
  events_->on_message(view(slice));
}

void GrpcStreamCall::ended() {
  if (StreamEvents* told = std::exchange(events_, nullptr)) told->on_closed(why_ended());
}

}  // namespace nano::cluster
