// Internal header. LinkEnd: one end of a conversation between two nodes, which outlives the streams it runs
// on.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "cluster/link/link.pb.h"
#include "cluster/network/network.h"
#include "nano/base/clock.h"

namespace nano::cluster {

using wire::LinkBatch;
using wire::LinkMessage;

/// Numbers the batches, keeps them until they are acknowledged, and sends them again on the next stream: each
/// message arrives once and in order, as long as both ends remember the conversation. Logic thread only.
class LinkEnd {
 public:
  enum class Received { fresh, duplicate, gap };

  /// A message at the end of this turn's batch, to be filled in by the caller. `bytes`: about what it will
  /// hold.
  LinkMessage& add(LinkMessage::Kind kind, std::size_t bytes);
  /// The last message of this turn's batch, or null: to be added to, where that saves one.
  LinkMessage* last();
  /// Sends what the turn has added, and acknowledges what it received, on the stream if there is one.
  void flush();
  /// Says at least that this end is there.
  void heartbeat();

  /// Goes on on this stream, which must live until detach(); the other end has received that much.
  void attach(Stream& stream, std::uint64_t received_by_other);
  void detach() { stream_ = nullptr; }
  /// Begins a new conversation; forgets all messages, those added in this turn too.
  void reset();

  /// A batch of the other end, of that many bytes. Only what is fresh is to be handled; after a gap the
  /// conversation is broken.
  Received receive(const LinkBatch& batch, std::size_t bytes);
  std::uint64_t received() const { return received_; }

  /// What waits, sent or not, until it is acknowledged.
  std::size_t queued_bytes() const { return queued_bytes_ + batch_bytes_; }
  bool idle() const { return queue_.empty() && batch_.messages_size() == 0; }

 private:
  struct Queued {
    std::uint64_t sequence;
    std::string bytes;
  };

  void acknowledge(std::uint64_t sequence);
  void send_queued();
  void send_acknowledgement();

  Stream* stream_ = nullptr;
  LinkBatch batch_;  // of this turn
  std::size_t batch_bytes_ = 0;
  std::deque<Queued> queue_;    // not acknowledged, by sequence
  std::size_t sent_ = 0;        // so many of the queue are under way on this stream
  std::size_t sent_bytes_ = 0;  // of those
  std::size_t queued_bytes_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t received_ = 0;
  std::size_t not_acknowledged_bytes_ = 0;  // received since this end last acknowledged
};

}  // namespace nano::cluster
