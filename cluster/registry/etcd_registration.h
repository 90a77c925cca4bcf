// Internal header. EtcdRegistration: a node's own entry in etcd, with its lease and its gate number.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cluster/registry/etcd.pb.h"
#include "cluster/registry/etcd_client.h"
#include "cluster/registry/member.h"

namespace nano::cluster {

/// The key <prefix>/members/<address> holds the node's MemberInfo and ends with the node's lease. The key
/// <prefix>/gate-number holds, as decimal text, the number that was given last. Logic thread only.
class EtcdRegistration {
 public:
  explicit EtcdRegistration(EtcdClient& client);

  /// Once. `registered` is told each time that the entry was written. A gate number is drawn once, and kept
  /// for as long as this lives.
  void start(Member self, Function<void(std::uint32_t gate_number)> registered);
  /// The entry is not in etcd any more, or not ours.
  void put_again();
  /// Takes the entry out of etcd; `done` is called when that is known, or after `timeout`.
  void stop(Duration timeout, Function<void()> done);

  /// After which etcd takes a silent node for gone.
  Duration lease_ttl() const { return lease_ttl_; }

 private:
  void next_step();
  void try_again();
  template <class Request>
  void call(std::string_view method, const Request& request,
            void (EtcdRegistration::*done)(const CallOutcome&));
  void on_lease_granted(const CallOutcome& outcome);
  void on_gate_number_read(const CallOutcome& outcome);
  void draw_gate_number(const etcd::KeyValue& last);
  void on_gate_number_drawn(const CallOutcome& outcome);
  void put(std::int64_t replaced_revision);
  void on_put(const CallOutcome& outcome);
  void on_registered();
  void keep_lease();
  void on_lease_kept(std::string_view message);
  void lose_lease();

  EtcdClient& client_;
  Scheduler& scheduler_;
  const std::string gate_number_key_;
  std::string key_;
  Member self_;
  Function<void(std::uint32_t)> tell_registered_;
  Function<void()> tell_stopped_;

  std::int64_t lease_ = 0;  // 0: none
  Duration lease_ttl_;
  std::uint32_t drawn_ = 0;  // a gate number that is ours once etcd has noted it
  bool registered_ = false;
  bool busy_ = false;   // a call is under way
  bool again_ = false;  // what it finds is out of date already
  bool stopping_ = false;
  std::optional<std::uint64_t> waiting_for_;  // incarnation of who has the address, as logged
  Timer next_;

  std::unique_ptr<EtcdStream> lease_stream_;
  bool lease_stream_broken_ = false;
  bool lease_unanswered_ = false;
  Timer next_beat_;
  Timer stop_timeout_;
};

}  // namespace nano::cluster
