// Internal header. Network: calls and streams between nodes, as the cluster's logic sees them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/function.h"
#include "nano/base/result.h"

namespace nano::cluster {

/// What calls and streams fail with, beside the codes that the other side answers.
enum class NetworkErrc {
  unreachable,     ///< no connection, or it broke
  nobody_listens,  ///< the address refuses connections: no process serves there (any more)
  timeout,         ///< the deadline passed
  unimplemented,   ///< the other side does not know the method
  refused,         ///< the other side answered with an error
};

struct NetworkError {
  NetworkErrc code;
  std::string message;
  /// The other side said so itself: it is there, and has done with the call. (Go's nodes hand on what they
  /// hear of a third one.)
  bool answered = false;

  /// Whether the other side has not been reached.
  bool unreached() const { return code == NetworkErrc::unreachable || code == NetworkErrc::nobody_listens; }
};

/// The end of a call: bytes, or why there are none.
class CallOutcome {
 public:
  CallOutcome(std::string response) : response_(std::move(response)), ok_(true) {}
  CallOutcome(NetworkError error) : error_(std::move(error)) {}

  bool ok() const { return ok_; }
  /// Whether the other side was heard, be it with an error of its own. That the time was up says nothing: it
  /// goes on while this process is held up.
  bool heard() const {
    return ok_ || error_.answered || !(error_.unreached() || error_.code == NetworkErrc::timeout);
  }
  const std::string& response() const { return response_; }
  const NetworkError& error() const { return error_; }

 private:
  std::string response_;
  NetworkError error_{};
  bool ok_ = false;
};

/// Told once, on the logic thread.
using CallDone = Function<void(CallOutcome)>;

/// What happens on a stream. Logic thread only.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void on_message(std::string_view message) = 0;
  /// Once, and the last: the other side closed it, or it broke. Not after close().
  virtual void on_closed(const NetworkError& why) = 0;
};

/// Messages both ways, in order. Logic thread only. Destroying it closes it.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Takes any number: to bound what waits is up to who sends.
  virtual void send(std::string message) = 0;
  /// What was sent before may be lost.
  virtual void close() = 0;
};

/// The way to one other node. Connects by itself when it is used, and again after it broke. Logic thread
/// only. Destroying it ends its calls and streams without a word.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Sent with every call and stream from now on; replaces an older value. `name` is in lower case.
  virtual void set_header(const std::string& name, std::string value) = 0;
  /// `method` is a full name, as "/clusterpb.Master/Register". Calls may overtake each other.
  virtual void call(std::string_view method, std::string request, Duration timeout, CallDone done) = 0;
  /// `events` must outlive the stream. That nobody answers is told by on_closed, in a later turn.
  virtual std::unique_ptr<Stream> open_stream(std::string_view method, StreamEvents& events) = 0;
};

/// Answers a call, once; logic thread.
using CallReply = Function<void(CallOutcome)>;

/// What a node answers to others. Logic thread only.
class Service {
 public:
  virtual ~Service() = default;
  /// `request` is valid during the call.
  virtual void on_call(std::string_view method, std::string_view request, CallReply reply) = 0;
  /// A stream that another node opened: who hears of it from now on, owned by the service; null refuses it.
  virtual StreamEvents* on_stream(std::string_view method, std::unique_ptr<Stream> stream) = 0;
};

/// One node's access to the others. Logic thread only.
class Network {
 public:
  virtual ~Network() = default;
  /// Serves until the network is destroyed or stopped; `service` must outlive that. Returns the address with
  /// the port that was chosen, where `address` has port 0. Throws std::runtime_error with a sentence.
  virtual std::string listen(const std::string& address, Service& service) = 0;
  virtual std::unique_ptr<Channel> connect(const std::string& address) = 0;
  virtual void stop() = 0;
};

}  // namespace nano::cluster
