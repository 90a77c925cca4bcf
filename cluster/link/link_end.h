// Internal header. LinkEnd: one end of a conversation between two nodes, which outlives the streams it runs
// on.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "cluster/link/link.pb.h"
#include "cluster/network/limits.h"
#include "cluster/network/network.h"
#include "nano/base/clock.h"
#include "nano/base/limits.h"

namespace nano::cluster {

using wire::LinkBatch;
using wire::LinkMessage;

/// A batch that is used again and again keeps the memory of the largest messages there were in each place.
/// Between uses: frees it if it is much.
void give_back_memory(LinkBatch& batch);

/// Numbers the batches, keeps them until they are acknowledged, and sends them again on the next stream: each
/// message arrives once and in order, as long as both ends remember the conversation. Logic thread only.
class LinkEnd {
 public:
  enum class Received {
    fresh,    ///< its messages are to be handled
    nothing,  ///< it has nothing that has not been handled before
    broken,   ///< the stream lost something, or makes it up: to be closed, and the next one goes on
    garbage,  ///< the other end sends no batch in its pieces: the conversation cannot go on
  };

  /// The other end takes pieces: what is too large for one batch is cut from now on, and so is what waits.
  /// Before the first attach(), as nothing has been sent by then.
  void cut_large_batches();

  /// A message at the end of this turn's batch, to be filled in by the caller, and valid until the next call.
  /// `bytes`: about what it will hold.
  LinkMessage& add(LinkMessage::Kind kind, std::size_t bytes);
  /// The last message of this turn's batch; null where there is none.
  const LinkMessage* last() const;
  /// One more session that the last message of this turn's batch is for, which saves a message. False: there
  /// is none, or it has too many.
  bool add_receiver(std::uint64_t session);
  /// Sends what the turn has added, and acknowledges what it received, on the stream if there is one.
  void flush();
  /// Says at least that this end is there.
  void heartbeat();
  /// Says goodbye. What is added from now on goes nowhere, also after reset().
  void close();

  /// Whether a stream can go on after that much was received by the other end. If not, it is an old one's, or
  /// the other end is out of its mind.
  bool can_resume(std::uint64_t received_by_other) const;
  /// Goes on on this stream, which must live until detach(). Only if can_resume().
  void attach(Stream& stream, std::uint64_t received_by_other);
  void detach() { stream_ = nullptr; }
  bool attached() const { return stream_ != nullptr; }
  /// For a new conversation: forgets all messages, those added in this turn too.
  void reset();

  /// A batch of the other end, of that many bytes. With the last piece of a large one it becomes that.
  Received receive(LinkBatch& batch, std::size_t bytes);
  std::uint64_t received() const { return received_; }

  /// What waits, sent or not, until it is acknowledged.
  std::size_t queued_bytes() const { return queued_bytes_ + batch_bytes_; }
  bool idle() const { return queue_.empty() && batch_.messages_size() == 0; }
  /// So much waits that no more requests should be added.
  bool full() const { return queued_bytes() >= limits::link_queue_bytes; }
  /// Whether there is room for a push or an answer of that many bytes; what cannot fail may be added anyway.
  bool has_room(std::size_t bytes) const {
    return queued_bytes() + bytes + nano::limits::message_overhead_bytes <= limits::link_queue_bytes_max;
  }
  /// So much waits that the conversation has to be given up.
  bool overfull() const { return queued_bytes() > limits::link_queue_bytes_given_up; }

 private:
  struct Queued {
    std::uint64_t sequence;
    std::string bytes;
  };

  void queue_batch();
  void queue_whole_or_cut(LinkBatch& batch);
  void queue(LinkBatch& batch);
  void queue_pieces(std::string_view whole);
  Received receive_piece(LinkBatch& batch);
  std::uint64_t acknowledged() const;
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
  std::string pieces_;                      // received of a batch that is not whole yet
  std::size_t not_acknowledged_bytes_ = 0;  // received since this end last acknowledged
  bool cuts_ = false;
  bool closed_ = false;
};

}  // namespace nano::cluster
