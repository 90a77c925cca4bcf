// Internal header. GrpcHandover: what gRPC's threads report, on its way to the logic thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <grpcpp/support/slice.h>

#include "cluster/network/grpc_order.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

class GrpcHandover;

/// A call or stream that gRPC knows, of either side. Owned by its GrpcHandover until gRPC has done with it,
/// then by the last report. Destroyed on the logic thread: it may hold the last reference to a channel, whose
/// end waits for gRPC's threads.
class GrpcCall : public std::enable_shared_from_this<GrpcCall> {
 public:
  explicit GrpcCall(std::shared_ptr<GrpcHandover> handover) : handover_(std::move(handover)) {}
  virtual ~GrpcCall() = default;
  GrpcCall(const GrpcCall&) = delete;
  GrpcCall& operator=(const GrpcCall&) = delete;

  /// Logic thread, for the reports of those names.
  virtual void opened() {}
  virtual void message(const grpc::Slice&) {}
  virtual void read_all() {}
  virtual void ended() {}

  /// Any thread, until it has ended. Makes gRPC come to its end with the call soon.
  virtual void abort() = 0;

 protected:
  GrpcHandover& handover() const { return *handover_; }

  /// What came before gRPC was asked for something comes before its reaction (see grpc_order.h): called
  /// before each start, and first in each reaction.
  void starting() { tell_before(this); }
  void reacting() { tell_after(this); }

 private:
  const std::shared_ptr<GrpcHandover> handover_;
};

/// Posts one task for all that came since the last one ran. The reports of one call stay in order.
class GrpcHandover : public std::enable_shared_from_this<GrpcHandover> {
 public:
  enum class Report : std::uint8_t { opened, message, read_all, ended };

  /// `scheduler` is not used any more after close().
  explicit GrpcHandover(Scheduler& scheduler) : scheduler_(scheduler) {}

  /// Any thread. Whether abort_all() or close() was called. The logic thread can rely on a false.
  bool closing() const;
  /// Any thread. From now on the call lives until end(). False: it must end at once, for close() is under
  /// way.
  [[nodiscard]] bool add(std::shared_ptr<GrpcCall> call);
  /// Any thread.
  void report(GrpcCall& call, Report what, grpc::Slice message = {});
  /// Any thread. The last report of a call, which gRPC does not know any more. The caller must not touch it
  /// after this.
  void end(GrpcCall& call);

  /// Logic thread, in this order: no call is told anything from now on, and all are to end soon ...
  void abort_all();
  /// ... and waits until they have.
  void close();

 private:
  struct Entry {
    std::shared_ptr<GrpcCall> call;
    Report what;
    grpc::Slice message;
  };

  void append(Entry entry);
  void post();
  void drain();
  void handle_all();

  Scheduler& scheduler_;
  mutable std::mutex mutex_;
  std::condition_variable all_ended_;
  std::unordered_map<GrpcCall*, std::shared_ptr<GrpcCall>> calls_;
  std::vector<Entry> reported_;
  bool posted_ = false;
  bool closing_ = false;

  // Of the logic thread:
  std::vector<Entry> batch_;
  std::size_t handled_ = 0;
};

}  // namespace nano::cluster
