// Public header. Options: what a program decides in code and what its operator decides at start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nano/base/limits.h"
#include "nano/base/log.h"
#include "nano/base/result.h"
#include "nano/component/route_printer.h"
#include "nano/serialize/serializer.h"

namespace nano {

/// A flag of the program's own, beside Nano's: `{"--rooms", "How many rooms there are", &rooms}`.
struct ProgramOption {
  std::string flag;
  std::string help;
  std::variant<std::string*, int*, double*, bool*> value;  ///< holds the default; must outlive the parsing
  std::string environment = {};  ///< a variable that is read where the flag is not given; empty: none
};

/// Plain values; fill in, or let from_command_line() do it.
struct Options {
  // Operator's: command line (--listen-tcp ADDRESS) and environment (NANO_LISTEN_TCP).

  /// Addresses, "host:port", to listen on. Where one of these is not empty, it replaces the addresses that
  /// the code names for that kind of listener.
  std::vector<std::string> listen_tcp;
  std::vector<std::string> listen_tcp_tls;
  std::vector<std::string> listen_websocket;
  std::vector<std::string> listen_websocket_tls;
  std::string tls_certificate;  ///< PEM file: the certificate and its chain
  std::string tls_key;          ///< PEM file: the private key
  unsigned io_threads = 0;      ///< 0: the logic thread does the I/O itself
  unsigned worker_threads = limits::worker_threads;
  Duration heartbeat_interval = limits::heartbeat_interval;
  Duration handshake_timeout = limits::handshake_timeout;
  Duration shutdown_timeout = limits::shutdown_timeout;  ///< from stop() to the end of run()
  std::uint32_t packet_bytes_max = 65536;                ///< body of an inbound packet
  bool inflate = true;                                   ///< take compressed payloads; else they are refused
  std::size_t send_queue_bytes_max = limits::send_queue_bytes;
  Duration send_stall_timeout = limits::send_stall_timeout;
  std::size_t send_queues_bytes_max = limits::send_queues_bytes;
  LogLevel log_level = LogLevel::info;
  /// Print what clients need to know of the routes, instead of serving.
  std::optional<RoutesFormat> print_routes;

  // The code's.

  std::string program = "server";  ///< its name, for people; from_command_line() takes that of the file
  std::shared_ptr<const Serializer> serializer;  ///< null: JSON
  std::optional<Log> log;                        ///< none: standard error, at log_level
  std::uint64_t seed = 0;                        ///< of Application::random(); 0: a new one each run

  /// Sentences about what was given and has no effect; said in the log at the start.
  std::vector<std::string> warnings;

  /// Reads the command line, then the environment for what the line leaves open. `defaults` are the
  /// program's. For main(): `--help` prints all flags and exits with 0; a wrong value prints a sentence that
  /// says what to change and exits with 2.
  static Options from_command_line(int argc, char** argv);
  static Options from_command_line(int argc, char** argv, Options defaults,
                                   const std::vector<ProgramOption>& own);

  /// The same without printing and exiting. The error's code is "help" (the message is the help text) or
  /// "invalid_argument".
  static Result<Options> parse(const std::vector<std::string>& arguments);
  static Result<Options> parse(const std::vector<std::string>& arguments, Options defaults,
                               const std::vector<ProgramOption>& own, const std::string& program);

  /// Throws std::invalid_argument with a sentence that says what to change when values are not possible.
  void check() const;
};

}  // namespace nano
