// Public header. A message on its way through a pipeline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/result.h"
#include "protocol/bytes.h"
#include "protocol/message.h"

namespace nano {

class InboundPayload;
class Session;

/// One message, inbound or outbound, as a filter sees it. Views are valid during the filter's call.
class PipelineMessage {
 public:
  PipelineMessage(protocol::MessageType type, std::uint64_t id, std::string_view route,
                  protocol::ByteView payload)
      : type_(type), id_(id), route_(route), payload_(payload) {}
  /// Of a client, whose payload is inflated only if a filter asks for it. `payload` outlives this.
  PipelineMessage(protocol::MessageType type, std::uint64_t id, std::string_view route,
                  InboundPayload& payload)
      : type_(type), id_(id), route_(route), inbound_(&payload) {}
  PipelineMessage(const PipelineMessage&) = delete;
  PipelineMessage& operator=(const PipelineMessage&) = delete;

  protocol::MessageType type() const { return type_; }
  /// The request's id; 0 for notify and push.
  std::uint64_t id() const { return id_; }
  /// Empty for a response.
  std::string_view route() const { return route_; }
  /// Serialized. A client's compressed payload is inflated by the first call.
  protocol::ByteView payload() const;

  void replace_payload(std::string payload) {
    inbound_ = nullptr;
    owned_payload_ = std::move(payload);
    payload_ = protocol::as_bytes(owned_payload_);
  }
  void replace_route(std::string route) {
    owned_route_ = std::move(route);
    route_ = owned_route_;
  }

 private:
  protocol::MessageType type_;
  std::uint64_t id_;
  std::string_view route_;
  protocol::ByteView payload_;
  InboundPayload* inbound_ = nullptr;
  std::string owned_route_;
  std::string owned_payload_;
};

/// Sees each message of one direction. Logic thread. An error refuses the message.
class MessageFilter {
 public:
  virtual ~MessageFilter() = default;
  virtual Result<void> filter(Session& session, PipelineMessage& message) = 0;
};

}  // namespace nano
