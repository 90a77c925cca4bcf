// Internal header. GrpcStreamCall: what the two ends of a gRPC stream have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/config.h>
#include <grpcpp/support/status.h>

#include "cluster/network/grpc_handover.h"
#include "cluster/network/network.h"

namespace nano::cluster {

/// Writes one message at a time, as gRPC demands, and reads as long as the logic thread follows. The two
/// sides differ in how they start and end, which the derived classes do.
class GrpcStreamCall : public GrpcCall {
 public:
  using GrpcCall::GrpcCall;

  // Logic thread:
  void set_events(StreamEvents* events) { events_ = events; }
  void send(std::string message);
  /// The events hear nothing from now on.
  void leave() {
    events_ = nullptr;
    leave_call();
  }
  void message(const grpc::Slice& slice) override;
  void ended() override;

 protected:
  // Started within the locks of this class, never after the end:
  virtual void start_read(grpc::ByteBuffer* into) = 0;
  virtual void start_write(const grpc::ByteBuffer* message, bool more_follows) = 0;
  /// Once. `writing`: a write is under way, so written() will follow. `why`: nothing if gRPC says it.
  virtual void finish(const std::optional<grpc::Status>& why, bool writing) = 0;
  /// No more messages come.
  virtual void read_last() = 0;
  /// Within the lock, when the write that was under way at finish() is over.
  virtual void finished_writing() {}
  /// By the logic thread.
  virtual void leave_call() { end(grpc::Status::OK); }
  /// Why on_closed() is called. Logic thread.
  virtual NetworkError why_ended() const = 0;

  // gRPC's threads:
  void read_first() { start_read(&incoming_); }
  void read(bool ok);
  void written(bool ok);
  /// Any thread. Later ones have no effect.
  void end(const std::optional<grpc::Status>& why);

 private:
  void taken(std::size_t bytes);

  StreamEvents* events_ = nullptr;

  std::mutex read_mutex_;
  grpc::ByteBuffer incoming_;
  std::int64_t untaken_bytes_ = 0;  // below zero when the logic thread was quicker than the account
  bool paused_ = false;
  bool may_read_ = true;

  std::mutex write_mutex_;
  grpc::ByteBuffer outgoing_;
  std::deque<grpc::ByteBuffer> waiting_;
  bool writing_ = false;
  bool broken_ = false;
  bool may_write_ = true;
};

/// What the logic holds.
class GrpcStream final : public Stream {
 public:
  explicit GrpcStream(std::shared_ptr<GrpcStreamCall> call) : call_(std::move(call)) {}
  ~GrpcStream() override { close(); }
  GrpcStream(const GrpcStream&) = delete;
  GrpcStream& operator=(const GrpcStream&) = delete;

  void send(std::string message) override { call_->send(std::move(message)); }
  void close() override { call_->leave(); }

 private:
  const std::shared_ptr<GrpcStreamCall> call_;
};

}  // namespace nano::cluster
