// Internal header. The part of an application that touches the machine: clock, threads, sockets, signals.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nano/application/application.h"
#include "nano/application/process_watch.h"
#include "nano/http/file_reader.h"
#include "nano/http/router.h"
#include "nano/net/listener.h"
#include "nano/net/tls_files.h"
#include "nano/transport/listener_options.h"
#include "nano/transport/logic_loop.h"

namespace nano {

/// Owned by the application; its scheduler lives on this clock, driver and workers. Logic thread.
struct Application::Machine {
  explicit Machine(const Options& options);
  ~Machine();

  Driver& driver() { return loops_on_threads ? static_cast<Driver&>(parking) : *loops.front(); }
  void attach(Scheduler& scheduler, const std::shared_ptr<HttpRouter>& http);

  void add_tcp(std::string address, TcpListenerOptions options);
  void add_websocket(std::string address, WebSocketListenerOptions options);

  void serve_files(std::unique_ptr<StaticFiles> files);

  /// Takes the addresses of all listeners. Throws with a sentence: std::invalid_argument when two are the
  /// same, std::runtime_error when one cannot be had. Says in the log what works and can hardly be meant.
  void listen(Application& application);
  /// Lets the clients in.
  void accept();
  void stop_listening();
  /// Ends the threads of the loops, and those that read files for them.
  void stop_loops();
  /// Clients whose sockets are not closed yet, and HTTP requests whose responses have not left.
  std::size_t busy_clients() const { return busy->count(); }
  /// From here on signals stop the application, and what hangs is told.
  void watch(Application& application);
  /// All is done but for what follows in main(), which may take its time.
  void calm();

  struct Planned {
    bool websocket;
    std::string address;
    bool tls;
    TlsFiles tls_files;
    WebSocketUpgradePolicy policy;
  };

  const std::shared_ptr<TimeToEnd> time_to_end = std::make_shared<TimeToEnd>();
  std::unique_ptr<ProcessWatch> process_watch;  // goes last: it watches over the end of the others
  SystemClock clock;
  ParkingDriver parking;
  bool loops_on_threads;
  std::shared_ptr<BusyCount> busy = std::make_shared<BusyCount>();
  std::shared_ptr<SendTotal> send_total;
  std::vector<std::unique_ptr<LogicLoop>> loops;
  ThreadPool workers;
  std::optional<FileReader> file_reader;  // ends before the loops, to which its jobs reply
  std::shared_ptr<HttpRouter> router;
  std::shared_ptr<WebSocketDeflater> deflater = std::make_shared<WebSocketDeflater>();
  std::vector<Planned> planned;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::vector<ListeningAddress> addresses;
  bool answers_http = false;  // there are files or handlers

 private:
  void apply_operator_addresses(const Options& options);
  void check_planned() const;
  void warn_of_oddities(const Application& application) const;
  void warn_of_unused_certificate(const Application& application) const;
  static PemFiles certificate_of(const Planned& planned, const Options& options);
  std::shared_ptr<const ListenerOptions> listener_options(Application& application, const Planned& planned);
};

/// Asks the system for as many open files as limits::open_files, and says so in the log where it refuses.
void raise_open_file_limit(const Log& log);

}  // namespace nano
