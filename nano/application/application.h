// Public header. Application: components, listeners and life cycle of one server.
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/application/environment.h"
#include "nano/application/options.h"
#include "nano/base/function.h"
#include "nano/base/subscription.h"
#include "nano/component/component.h"
#include "nano/component/dispatcher.h"
#include "nano/component/registry.h"
#include "nano/http/message.h"
#include "nano/http/response_writer.h"
#include "nano/pipeline/pipeline.h"
#include "nano/session/session.h"

namespace nano {

class ProtobufLog;

/// The files of a listener's certificate. Empty: those of Options.
struct TlsFiles {
  std::string certificate = {};
  std::string key = {};
};

struct TcpListenerOptions {
  bool tls = false;
  TlsFiles tls_files = {};
};

struct WebSocketListenerOptions {
  std::string path = "/nano";             ///< where WebSockets are opened; "": on any path
  std::vector<std::string> origins = {};  ///< pages that may connect, "https://example.com"; empty: any
  bool same_origin = false;  ///< pages of the listener's own host may connect, others only if listed
  /// Subprotocols, the preferred first: the first that a client names, too, is answered.
  std::vector<std::string> subprotocols = {};
  /// Messages are compressed for clients that offer it (permessage-deflate). Saves bytes, costs CPU time.
  bool deflate = false;
  bool tls = false;
  TlsFiles tls_files = {};
};

/// An address the application listens on.
struct ListeningAddress {
  std::string scheme;   ///< "tcp", "tls", "ws" or "wss"
  std::string address;  ///< "127.0.0.1:3250"
  std::string path;     ///< of a WebSocket listener

  /// For people on this machine: "http://localhost:3250/" (to be opened in a browser) or
  /// "tcp://localhost:3251".
  std::string url() const;
};

class Drain;
class HttpHandlers;

/// One server. Configure it, then run() it; all configuring calls come before. One thread makes them, and
/// run() makes that thread the logic thread. Any number of applications can live in one process.
///
/// What is wrong with a configuration, from impossible options to a folder that is not there, is kept and
/// told by run(), which then does not serve: main() needs no try. In memory it is thrown at once, to the
/// test.
class Application {
 public:
  /// On this machine's clock, sockets and threads.
  explicit Application(Options options = {});
  /// In memory (nano/testing). Throws std::invalid_argument for impossible options.
  Application(Options options, Environment environment);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // -- components -------------------------------------------------------------------------------------------

  /// Makes a C of the arguments and adds it, under the name of its class. The application owns it. It is
  /// wrong to register a route twice. What the constructor throws passes through: check in init() what
  /// operators decide.
  template <class C, class... Arguments>
    requires std::constructible_from<C, Arguments...>
  C& add(Arguments&&... arguments) {
    return add_component(std::make_unique<C>(std::forward<Arguments>(arguments)...), ComponentOptions{});
  }
  /// The same under another name, with another naming of handlers, or with a local scheduler.
  template <class C, class... Arguments>
    requires std::constructible_from<C, Arguments...>
  C& add(ComponentOptions options, Arguments&&... arguments) {
    return add_component(std::make_unique<C>(std::forward<Arguments>(arguments)...), std::move(options));
  }

  // -- listeners --------------------------------------------------------------------------------------------

  /// "host:port", port 0 for any free one; ":port" for all addresses of the machine. A name is listened on at
  /// all its addresses. All listeners serve the same components. They open in run().
  void listen_tcp(std::string address, TcpListenerOptions options = {});
  /// WebSocket on its path; static files and HTTP handlers on all others. Wrong: a path or an origin that no
  /// request can have.
  void listen_websocket(std::string address, WebSocketListenerOptions options = {});

  /// Serves the files of `folder` under the URL prefix, on all WebSocket listeners. Wrong: a folder that does
  /// not exist or cannot be read.
  void serve_files(std::string url_prefix, const std::string& folder);

  /// Answers HTTP requests that fit `pattern`, "[METHOD ][host]/path", on the logic thread. A segment
  /// "{name}" of the path takes any one segment, which HttpRequest::parameter() tells; a last one
  /// "{name...}", or a '/' at the end, all below. Where several fit, a pattern with the request's host goes
  /// before those without one; then segments are compared from the left: a literal goes before "{name}", and
  /// "{name}" before all below. GET handlers answer HEAD, too. Where only the method does not fit, the client
  /// is told those that do (405, and 204 for OPTIONS).
  ///
  /// `handler`: HttpResponse(const HttpRequest&), or a coroutine Task<HttpResponse>(HttpRequest), or, to
  /// stream the answer, Task<void>(HttpRequest, HttpResponseWriter). One that throws, or answers what HTTP
  /// does not allow, is logged and answered 500. The first coroutine is cancelled, that is destroyed where it
  /// waits, when its client is gone or `options` give it no more time; the second one hears of it from its
  /// writer, and ends by itself, at a stop too (stopping()). Wrong: a pattern that no request fits, or
  /// another one that takes the same; options that are impossible.
  template <class Handler>
  void handle_http(std::string pattern, Handler handler, HttpHandlerOptions options = {}) {
    if constexpr (std::is_invocable_v<Handler&, HttpRequest, HttpResponseWriter>) {
      add_http(pattern, std::function<Task<void>(HttpRequest, HttpResponseWriter)>{std::move(handler)},
               options);
    } else if constexpr (std::same_as<std::invoke_result_t<Handler&, const HttpRequest&>, HttpResponse>) {
      add_http(pattern, std::function<HttpResponse(const HttpRequest&)>{std::move(handler)}, options);
    } else {
      add_http(pattern, std::function<Task<HttpResponse>(HttpRequest)>{std::move(handler)}, options);
    }
  }

  // -- sessions ---------------------------------------------------------------------------------------------

  void set_handshake_validator(HandshakeValidator validator) {
    dispatcher_.set_handshake_validator(std::move(validator));
  }
  /// Called once for each session: when its handshake is acknowledged, and when it has closed. May be called
  /// while the server runs, too. As with Session::on_closed(), destroying the handle takes the callback back:
  /// keep it with what the callback needs, or detach() it if the callback is to stay as long as the
  /// application.
  Subscription on_session_opened(Function<void(Session&)> callback) {
    return dispatcher_.add_opened_callback(std::move(callback));
  }
  Subscription on_session_closed(Function<void(Session&)> callback) {
    return dispatcher_.add_closed_callback(std::move(callback));
  }
  Pipeline& inbound() { return dispatcher_.inbound(); }
  Pipeline& outbound() { return outbound_; }

  /// Offers clients a dictionary of all routes, those of handlers and those of declared pushes, numbered in
  /// sorted order; routes in it travel as two bytes.
  void compress_routes();
  /// The same with codes chosen by hand. Wrong: a code that is used twice.
  void set_route_codes(const std::map<std::string, std::uint16_t>& codes);

  /// Logic thread. Open sessions, those included that are still in their handshake, and those of clients of
  /// other nodes that this one serves.
  std::size_t session_count() const { return host_->sessions.size(); }
  SessionPtr find_session(SessionId id) const { return host_->sessions.find(id); }
  /// Logic thread. The open sessions that are bound to the user, in the order of binding.
  std::vector<SessionPtr> find_user(std::int64_t uid) const { return host_->sessions.find_user(uid); }

  // -- calls -----------------------------------------------------------------------------------------------

  /// Logic thread. Calls a handler in nobody's name: one that takes a session cannot be called so (see
  /// Session::call(), which says the rest).
  template <class Reply, class T>
  Task<Result<Reply>> call(std::string route, T&& payload, CallOptions options = {}) {
    return call_service<Reply>(*host_, std::move(route), std::forward<T>(payload), options);
  }

  // -- running ----------------------------------------------------------------------------------------------

  /// Starts, serves until stop(), SIGINT, SIGTERM or SIGHUP, then finishes what was begun: no new clients,
  /// and what clients ask from now on is answered `unavailable`; before_shutdown() of the components; what
  /// was asked before is answered, coroutines and offloaded calls end; sessions close and their callbacks
  /// run; shutdown(); what these two start ends as well; queued bytes leave. In a cluster the node leaves the
  /// list of members before all this. Options::shutdown_timeout bounds it: what has not ended then is
  /// answered with an error, cancelled, counted and named in the log.
  ///
  /// Returns the exit code: 0, or, with the reasons in the log (on standard error, where the log is off), 2
  /// when the configuration cannot be meant so and 1 when it could not start. An offloaded call that runs on
  /// beyond the time cannot be cancelled, and returning would destroy what it uses: the process then ends
  /// here, with exit code 1. With Options::print_routes it only prints them, to standard output.
  ///
  /// From the end of all init() on, a second signal ends the process at once (exit code 128 + its number),
  /// and so does one that comes between the end of run() and of the application. A stop, or the application's
  /// destructor, that hangs for limits::exit_grace beyond its time ends the process with exit code 1, and
  /// what hangs is logged. SIGPIPE is ignored meanwhile.
  int run();
  /// The program is not configured as it must be: run() says `sentence`, and returns 2. For what a program
  /// finds wrong in flags of its own.
  void refuse(const std::string& sentence);
  /// Any thread. A second call does not wait for anything any more, unless the application makes it on the
  /// logic thread, in a hook or callback of the stop itself: it then asks for what is happening.
  void stop();
  /// Logic thread. From the first stop() on.
  bool stopping() const { return host_->stopping; }
  /// Runs on the logic thread when all listeners are open.
  void on_started(std::function<void()> callback) { started_callbacks_.push_back(std::move(callback)); }
  /// The open listeners, in the order of adding; from on_started() on.
  std::vector<ListeningAddress> addresses() const;

  /// What run() does first. For worlds that drive the scheduler themselves. Throws what init() throws.
  void start();
  bool stopped() const { return phase_ == Phase::stopped; }
  /// Logic thread. The state machine for a client that comes over `wire`.
  std::shared_ptr<WireReceiver> connect(std::shared_ptr<Wire> wire);
  /// Logic thread. Hands a request to its handler. Returns how long the answer may take.
  Duration answer_http(HttpRequest request, HttpResponseWriter writer);

  Scheduler& scheduler() { return *scheduler_; }
  const Log& log() const { return log_; }
  const Options& options() const { return options_; }
  const PayloadCodec& codec() const { return host_->codec(); }
  /// The application's randomness: seeded, so that a run in a world repeats. Logic thread.
  std::mt19937_64& random() { return random_; }

  // -- for clusters -----------------------------------------------------------------------------------------

  /// Before the start: messages for services that are not here go to `remote`. Null, when that one ends.
  void set_remote_services(RemoteServices* remote) {
    remote_ = remote;
    dispatcher_.set_remote_services(remote);
  }
  SessionHost& host() { return *host_; }
  /// Makes a configuring call; what it throws is kept for run(), as said above. Whether it threw nothing.
  bool configure(const std::function<void()>& call);

 private:
  enum class Phase { configuring, running, stopping, stopped };
  struct Machine;  // clock, sockets and threads of this machine (application/machine.h)

  struct Mistake {
    std::string sentence;
    int exit_code;
  };

  int tell_mistakes();
  void print_routes_for_clients();
  template <class C>
  C& add_component(std::unique_ptr<C> component, ComponentOptions options) {
    C& added = *component;
    configure([&] { registry_.add(std::move(component), std::move(options)); });
    if (component) refused_.push_back(std::move(component));  // main() has a reference to it
    return added;
  }
  void add_http(const std::string& pattern, std::function<HttpResponse(const HttpRequest&)> function,
                const HttpHandlerOptions& options);
  void add_http(const std::string& pattern, std::function<Task<HttpResponse>(HttpRequest)> coroutine,
                const HttpHandlerOptions& options);
  void add_http(const std::string& pattern,
                std::function<Task<void>(HttpRequest, HttpResponseWriter)> coroutine,
                const HttpHandlerOptions& options);
  template <class Coroutine>
  void add_http_coroutine(const std::string& pattern, Coroutine coroutine, const HttpHandlerOptions& options);
  void build(const Clock& clock, Driver& driver, WorkerPool& workers);
  void open();
  void request_stop(bool by_stopping_application);
  void begin_stop();
  void end_stop();

  Options options_;
  Log log_;
  std::mt19937_64 random_;
  Phase phase_ = Phase::configuring;
  std::unique_ptr<Machine> machine_;  // null in memory
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<ProtobufLog> protobuf_log_;
  bool keeps_mistakes_ = false;  // until run() has told them
  std::vector<Mistake> mistakes_;
  std::vector<std::unique_ptr<Component>> refused_;
  ComponentRegistry registry_;
  Dispatcher dispatcher_{registry_};
  Pipeline outbound_;
  std::unique_ptr<SessionHost> host_;
  std::unique_ptr<HttpHandlers> http_;
  RemoteServices* remote_ = nullptr;
  bool compresses_routes_ = false;
  bool open_ = false;                                    // clients are let in
  std::deque<std::function<void()>> started_callbacks_;  // those running stay in place when another is added
  std::unique_ptr<Drain> drain_;                         // while it stops
};

}  // namespace nano
