#include "cluster/link/incoming_link.h"

#include "cluster/network/limits.h"

namespace nano::cluster {

void IncomingLink::attach(Stream& stream, bool resumed, std::uint64_t received_by_other) {
  memory_.cancel();
  stream_ = &stream;
  last_heard_ = scheduler_.now();
  LinkBatch batch;
  wire::Welcome& welcome = *batch.mutable_welcome();
  welcome.set_resumed(resumed);
  welcome.set_received(end_.received());
  stream.send(batch.SerializeAsString());
  end_.attach(stream, received_by_other);
}

void IncomingLink::on_batch(const LinkBatch& batch, std::size_t bytes) {
  last_heard_ = scheduler_.now();
  switch (end_.receive(batch, bytes)) {
    case LinkEnd::Received::duplicate: return;
    case LinkEnd::Received::gap: return end("a message is missing");
    case LinkEnd::Received::fresh: break;
  }
  for (const LinkMessage& message : batch.messages()) {
    if (over_) return;
    if (message.kind() == LinkMessage::GOODBYE) {
      end_.heartbeat();  // so that it knows that all has arrived
      return end("it said goodbye");
    }
    events_->on_message(message);
  }
}

void IncomingLink::detach(const Stream& stream) {
  if (stream_ != &stream) return;
  stream_ = nullptr;
  end_.detach();
  if (over_) return;
  memory_ = scheduler_.after(limits::link_memory, [this] { end("it could not be reached for too long"); });
}

void IncomingLink::flush() {
  if (over_) return end_.reset();
  end_.flush();
  if (end_.queued_bytes() > 2 * limits::link_queue_bytes) end("too much waits for it");
}

void IncomingLink::beat() {
  if (!over_) end_.heartbeat();
}

void IncomingLink::close() {
  if (over_) return;
  end_.add(LinkMessage::GOODBYE, 0);
  end_.flush();
}

void IncomingLink::end(std::string_view why) {
  if (over_) return;
  over_ = true;
  memory_.cancel();
  scheduler_.log().info("conversation of a node ended", {{"node", address_}, {"reason", why}});
  events_->on_over(why);
}

}  // namespace nano::cluster
