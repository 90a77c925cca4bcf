// Internal header. Dispatcher: from a client's message to the handler and back to an answer.
#pragma once

#include <string_view>
#include <utility>

#include "nano/base/function.h"
#include "nano/base/subscription.h"
#include "nano/component/registry.h"
#include "nano/component/remote_services.h"
#include "nano/pipeline/pipeline.h"
#include "nano/session/session_host.h"

namespace nano {

/// Logic thread only. Every request is answered exactly once: by its handler, or with an error.
class Dispatcher final : public SessionEvents {
 public:
  explicit Dispatcher(const ComponentRegistry& registry) : registry_(registry) {}
  ~Dispatcher() override { Call::keep_no_memory(); }
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Who takes messages for services that are not here; null: nobody.
  void set_remote_services(RemoteServices* remote) { remote_ = remote; }
  Pipeline& inbound() { return inbound_; }
  void set_handshake_validator(HandshakeValidator validator) { validator_ = std::move(validator); }
  Subscription add_opened_callback(Function<void(Session&)> callback) {
    return opened_.add(std::move(callback));
  }
  Subscription add_closed_callback(Function<void(Session&)> callback) {
    return closed_.add(std::move(callback));
  }

  /// From here on what clients send is refused: requests with an error, notifies without a word. Calls
  /// between services go on.
  void refuse_clients() { refuses_clients_ = true; }
  /// From here on no handler is called: the components have shut down.
  void stop() { stopped_ = true; }

  /// All that the application gave is destroyed.
  void drop_callbacks();

  HandshakeAnswer on_handshake(Session& session, const Handshake& handshake) override;
  void on_opened(Session& session) override;
  void on_message(Session& session, const protocol::Message& message, InboundPayload& payload,
                  Reach reach) override;
  void on_closed(Session& session) override;
  void on_call(Call&& call, protocol::ByteView payload, Reach reach) override;

 private:
  /// Whether anybody would look at the payload.
  bool knows(std::string_view route) const;
  void dispatch(Call& call, protocol::ByteView payload, Reach reach);
  static void tell(const Callbacks<Session&>& callbacks, Session& session, std::string_view what);
  template <class F>
  static void attempt(Call& call, F&& handle);
  void forward(Call& call, protocol::ByteView payload, Reach reach);
  void call_later(const Handler& handler, Call& call, protocol::ByteView payload);

  const ComponentRegistry& registry_;
  RemoteServices* remote_ = nullptr;
  Pipeline inbound_;
  HandshakeValidator validator_;
  Callbacks<Session&> opened_;
  Callbacks<Session&> closed_;
  bool refuses_clients_ = false;
  bool stopped_ = false;
};

}  // namespace nano
