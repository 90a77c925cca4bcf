// Public header. What a client says of itself when it connects, and what the application answers.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "nano/base/result.h"
#include "nano/serialize/json.h"

namespace nano {

class Session;

/// The client's handshake document (docs/protocol.md).
struct Handshake {
  std::string client_type;         ///< sys.type: "js-websocket"; may be empty
  std::string client_version;      ///< sys.version; may be empty
  std::string user_json = "null";  ///< the `user` member as JSON text, "null" if absent

  /// `user` decoded into a described struct.
  template <class T>
  Result<T> user() const {
    return from_json<T>(user_json);
  }
};

/// The answer: accepted, perhaps with a `user` object for the client, or refused.
class HandshakeAnswer {
 public:
  static HandshakeAnswer accept() { return {200, "", ""}; }
  /// `user` reaches the client as the `user` member of the answer.
  template <class T>
  static HandshakeAnswer accept(const T& user) {
    return {200, to_json(user), ""};
  }
  /// The client gets code 500 and the message, and is closed.
  static HandshakeAnswer refuse(std::string message) { return {500, "", std::move(message)}; }
  /// The client is too old or too new: code 501.
  static HandshakeAnswer incompatible(std::string message) { return {501, "", std::move(message)}; }

  int code() const { return code_; }
  const std::string& user_json() const { return user_json_; }
  const std::string& message() const { return message_; }

 private:
  HandshakeAnswer(int code, std::string user_json, std::string message)
      : code_(code), user_json_(std::move(user_json)), message_(std::move(message)) {}

  int code_;
  std::string user_json_;
  std::string message_;
};

/// Called on the logic thread for each handshake, before the session is open. The session can already carry
/// data and be bound to a user, but what is pushed to it from here is dropped: push when it has opened.
using HandshakeValidator = std::function<HandshakeAnswer(Session&, const Handshake&)>;

}  // namespace nano
