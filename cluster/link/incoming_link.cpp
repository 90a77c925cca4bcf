#include "cluster/link/incoming_link.h"

#include "cluster/network/limits.h"

namespace nano::cluster {

void IncomingLink::attach(Stream& stream, std::uint64_t received_by_other) {
  memory_.cancel();
  LinkBatch batch;
  batch.mutable_welcome()->set_received(end_.received());
  batch.mutable_welcome()->set_takes_pieces(true);
  stream.send(batch.SerializeAsString());
  end_.attach(stream, received_by_other);
}

bool IncomingLink::on_batch(LinkBatch& batch, std::size_t bytes) {
  if (over_) return false;
  flush_later();
  switch (end_.receive(batch, bytes)) {
    case LinkEnd::Received::nothing: return true;
    case LinkEnd::Received::broken: return false;
    case LinkEnd::Received::garbage: end("it does not speak the link's protocol"); return false;
    case LinkEnd::Received::fresh: break;
  }
  for (const LinkMessage& message : batch.messages()) {
    if (message.kind() == LinkMessage::GOODBYE) {
      end_.heartbeat();  // so that it knows that all has arrived
      end("it said goodbye");
    } else {
      events_->on_message(message);
    }
    if (over_) return false;
  }
  return true;
}

void IncomingLink::detach() {
  end_.detach();
  if (over_) return;
  if (closed_) return end("this node said goodbye");
  memory_ = scheduler_.after_listening(limits::link_memory,
                                       [this] { end("it could not be reached for too long"); });
  events_->on_stream_lost();
}

void IncomingLink::flush() {
  to_be_flushed_ = false;
  end_.flush();
  if (end_.overfull()) end("too much waits for it");
}

void IncomingLink::close() {
  closed_ = true;
  end_.close();
}

void IncomingLink::end(std::string_view why) {
  if (over_) return;
  over_ = true;
  flush_later();
  memory_.cancel();
  end_.detach();
  end_.close();
  end_.reset();
  scheduler_.log().limited(address_).info("conversation of a node ended",
                                          {{"node", address_}, {"reason", why}});
  events_->on_over(why);
}

}  // namespace nano::cluster
