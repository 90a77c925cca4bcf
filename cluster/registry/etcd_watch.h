// Internal header. EtcdWatch: what lies under one prefix in etcd, first as a list and then change by change.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cluster/registry/etcd.pb.h"
#include "cluster/registry/etcd_client.h"

namespace nano::cluster {

/// Logic thread only.
class EtcdWatchEvents {
 public:
  virtual ~EtcdWatchEvents() = default;
  /// All there is, at the beginning and again whenever changes may have been missed.
  virtual void on_list(const etcd::RangeResponse& list) = 0;
  /// Of the keys of the last list, in order. For a key that is gone, `entry` has no value.
  virtual void on_change(const etcd::KeyValue& entry, bool present) = 0;
};

/// After anything that breaks the watch it lists anew, instead of going on from the last revision: etcd may
/// have forgotten the history since then (compaction) or all of it (lost data). Logic thread only.
class EtcdWatch {
 public:
  /// `prefix` ends with "/". All three must outlive this.
  EtcdWatch(EtcdClient& client, std::string prefix, EtcdWatchEvents& events);

  void start();
  /// The watch may have broken without a word.
  void restart() { start_again(client_.options().retry_interval); }
  void stop();

 private:
  void list();
  void on_listed(const CallOutcome& outcome);
  void watch(std::int64_t start_revision);
  void on_message(std::string_view message);
  void start_again(Duration delay);

  EtcdClient& client_;
  const std::string prefix_;
  const std::string range_end_;
  EtcdWatchEvents& events_;
  std::unique_ptr<EtcdStream> stream_;
  bool running_ = false;
  bool listing_ = false;
  Timer next_;
};

}  // namespace nano::cluster
