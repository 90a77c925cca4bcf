#include "cluster/link/link_end.h"

#include <utility>

#include "cluster/network/limits.h"
#include "nano/base/limits.h"
#include "protocol/assert.h"

namespace nano::cluster {

void give_back_memory(LinkBatch& batch) {
  if (batch.SpaceUsedLong() > limits::link_batch_kept_bytes) batch = LinkBatch{};
}

LinkMessage& LinkEnd::add(LinkMessage::Kind kind, std::size_t bytes) {
  if (batch_bytes_ >= limits::link_batch_bytes) queue_batch();
  batch_bytes_ += bytes + nano::limits::message_overhead_bytes;
  LinkMessage& message = *batch_.add_messages();
  message.set_kind(kind);
  return message;
}

const LinkMessage* LinkEnd::last() const {
  return batch_.messages_size() == 0 ? nullptr : &batch_.messages(batch_.messages_size() - 1);
}

bool LinkEnd::add_receiver(std::uint64_t session) {
  if (batch_.messages_size() == 0 || batch_bytes_ >= limits::link_receivers_bytes) return false;
  batch_bytes_ += sizeof session;
  batch_.mutable_messages(batch_.messages_size() - 1)->add_session_ids(session);
  return true;
}

void LinkEnd::cut_large_batches() {
  if (std::exchange(cuts_, true)) return;
  NANO_ASSERT(sent_ == 0, "nothing has been sent that would be numbered anew");
  std::deque<Queued> waiting = std::exchange(queue_, {});
  last_sequence_ -= waiting.size();
  queued_bytes_ = 0;
  for (; !waiting.empty(); waiting.pop_front()) {
    LinkBatch batch;
    batch.ParseFromString(waiting.front().bytes);
    queue_whole_or_cut(batch);
  }
}

void LinkEnd::flush() {
  queue_batch();
  if (not_acknowledged_bytes_ >= limits::link_acknowledge_bytes) send_acknowledgement();
}

void LinkEnd::heartbeat() {
  queue_batch();
  give_back_memory(batch_);
  send_acknowledgement();
}

void LinkEnd::close() {
  if (closed_) return;
  add(LinkMessage::GOODBYE, 0);
  queue_batch();
  closed_ = true;
}

bool LinkEnd::can_resume(std::uint64_t received_by_other) const {
  return acknowledged() <= received_by_other && received_by_other <= last_sequence_;
}

void LinkEnd::attach(Stream& stream, std::uint64_t received_by_other) {
  NANO_ASSERT(can_resume(received_by_other), "a stream goes on where the last one broke");
  stream_ = &stream;
  sent_ = 0;
  sent_bytes_ = 0;
  not_acknowledged_bytes_ = 0;  // Hello and Welcome do
  acknowledge(received_by_other);
  send_queued();
}

void LinkEnd::reset() {
  batch_.Clear();
  batch_bytes_ = 0;
  queue_.clear();
  sent_ = 0;
  sent_bytes_ = 0;
  queued_bytes_ = 0;
  last_sequence_ = 0;
  received_ = 0;
  pieces_ = {};
  not_acknowledged_bytes_ = 0;
  cuts_ = false;
}

LinkEnd::Received LinkEnd::receive(LinkBatch& batch, std::size_t bytes) {
  const std::uint64_t sent = sent_ == 0 ? acknowledged() : queue_[sent_ - 1].sequence;
  if (batch.acknowledged() > sent || batch.sequence() > received_ + 1) return Received::broken;
  acknowledge(batch.acknowledged());
  send_queued();
  if (batch.sequence() <= received_) return Received::nothing;
  received_ = batch.sequence();
  not_acknowledged_bytes_ += bytes;
  if (!batch.piece().empty()) return receive_piece(batch);
  return pieces_.empty() ? Received::fresh : Received::garbage;
}

LinkEnd::Received LinkEnd::receive_piece(LinkBatch& batch) {
  if (pieces_.size() + batch.piece().size() > limits::link_whole_bytes) return Received::garbage;
  pieces_ += batch.piece();
  if (batch.more_follows()) return Received::nothing;
  const std::string whole = std::exchange(pieces_, {});
  return batch.ParseFromString(whole) ? Received::fresh : Received::garbage;
}

void LinkEnd::queue_batch() {
  if (batch_.messages_size() == 0) return;
  batch_bytes_ = 0;
  if (closed_) return batch_.Clear();
  queue_whole_or_cut(batch_);
  batch_.Clear();  // keeps its memory for the next turn
  send_queued();
  if (stream_ && sent_ == queue_.size()) not_acknowledged_bytes_ = 0;  // it is acknowledged along with it
}

void LinkEnd::queue_whole_or_cut(LinkBatch& batch) {
  const bool cut = cuts_ && batch.ByteSizeLong() > limits::link_piece_bytes;
  cut ? queue_pieces(batch.SerializeAsString()) : queue(batch);
}

void LinkEnd::queue(LinkBatch& batch) {
  batch.set_sequence(++last_sequence_);
  batch.set_acknowledged(received_);
  std::string bytes = batch.SerializeAsString();
  queued_bytes_ += bytes.size() + nano::limits::message_overhead_bytes;
  queue_.push_back({last_sequence_, std::move(bytes)});
}

void LinkEnd::queue_pieces(std::string_view whole) {
  LinkBatch part;
  while (!whole.empty()) {
    const std::string_view piece = whole.substr(0, limits::link_piece_bytes);
    whole.remove_prefix(piece.size());
    part.set_piece(piece.data(), piece.size());
    part.set_more_follows(!whole.empty());
    queue(part);
  }
}

/// The last sequence of which the other end has said that it arrived.
std::uint64_t LinkEnd::acknowledged() const {
  return queue_.empty() ? last_sequence_ : queue_.front().sequence - 1;
}

void LinkEnd::acknowledge(std::uint64_t sequence) {
  while (!queue_.empty() && queue_.front().sequence <= sequence) {
    const std::size_t bytes = queue_.front().bytes.size();
    queued_bytes_ -= bytes + nano::limits::message_overhead_bytes;
    if (sent_ > 0) {
      --sent_;
      sent_bytes_ -= bytes;
    }
    queue_.pop_front();
  }
}

void LinkEnd::send_queued() {
  while (stream_ && sent_ < queue_.size() && sent_bytes_ < limits::link_window_bytes) {
    const std::string& bytes = queue_[sent_].bytes;
    ++sent_;
    sent_bytes_ += bytes.size();
    stream_->send(bytes);
  }
}

void LinkEnd::send_acknowledgement() {
  if (!stream_) return;
  not_acknowledged_bytes_ = 0;
  LinkBatch acknowledgement;
  acknowledgement.set_acknowledged(received_);
  stream_->send(acknowledgement.SerializeAsString());
}

}  // namespace nano::cluster
