#include "cluster/link/link_end.h"

#include <utility>

#include "cluster/network/limits.h"
#include "nano/base/limits.h"

namespace nano::cluster {

LinkMessage& LinkEnd::add(LinkMessage::Kind kind, std::size_t bytes) {
  if (batch_bytes_ >= limits::link_batch_bytes) flush();
  batch_bytes_ += bytes + nano::limits::message_overhead_bytes;
  LinkMessage& message = *batch_.add_messages();
  message.set_kind(kind);
  return message;
}

LinkMessage* LinkEnd::last() {
  return batch_.messages_size() == 0 ? nullptr : batch_.mutable_messages(batch_.messages_size() - 1);
}

void LinkEnd::flush() {
  if (batch_.messages_size() > 0) {
    batch_.set_sequence(++last_sequence_);
    batch_.set_acknowledged(received_);
    std::string bytes = batch_.SerializeAsString();
    batch_.Clear();  // keeps its memory for the next turn
    batch_bytes_ = 0;
    queued_bytes_ += bytes.size() + nano::limits::message_overhead_bytes;
    queue_.push_back({last_sequence_, std::move(bytes)});
    send_queued();
    if (stream_ && sent_ == queue_.size()) not_acknowledged_bytes_ = 0;  // it is acknowledged along with it
  }
  if (not_acknowledged_bytes_ >= limits::link_acknowledge_bytes) send_acknowledgement();
}

void LinkEnd::heartbeat() {
  flush();
  send_acknowledgement();
}

void LinkEnd::attach(Stream& stream, std::uint64_t received_by_other) {
  stream_ = &stream;
  sent_ = 0;
  sent_bytes_ = 0;
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
  not_acknowledged_bytes_ = 0;
}

LinkEnd::Received LinkEnd::receive(const LinkBatch& batch, std::size_t bytes) {
  acknowledge(batch.acknowledged());
  send_queued();
  if (batch.sequence() == 0) return Received::duplicate;
  if (batch.sequence() <= received_) return Received::duplicate;
  if (batch.sequence() != received_ + 1) return Received::gap;
  received_ = batch.sequence();
  not_acknowledged_bytes_ += bytes;
  return Received::fresh;
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
  not_acknowledged_bytes_ = 0;
  if (!stream_) return;
  LinkBatch acknowledgement;
  acknowledgement.set_acknowledged(received_);
  stream_->send(acknowledgement.SerializeAsString());
}

}  // namespace nano::cluster
