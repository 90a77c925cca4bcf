#include "nano/application/options.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/testing/world.h"

namespace nano {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Words = std::vector<std::string>;

/// Sets an environment variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

/// What is said about these arguments; empty if they are fine.
std::string complaint(const Words& arguments) {
  const Result<Options> parsed = Options::parse(arguments);
  if (parsed) return "";
  EXPECT_EQ(parsed.error().code, "invalid_argument");
  return parsed.error().message;
}

TEST(OptionsTest, DefaultsAreThoseOfTheCode) {
  Options defaults;
  defaults.listen_tcp = {"127.0.0.1:1"};
  defaults.io_threads = 3;
  defaults.heartbeat_interval = milliseconds{1'500};
  defaults.log_level = LogLevel::warning;
  const Result<Options> parsed = Options::parse({}, defaults, {}, "server");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->listen_tcp, Words{"127.0.0.1:1"});
  EXPECT_EQ(parsed->io_threads, 3u);
  EXPECT_EQ(parsed->heartbeat_interval, milliseconds{1'500});
  EXPECT_EQ(parsed->handshake_timeout, seconds{10});
  EXPECT_EQ(parsed->log_level, LogLevel::warning);
}

TEST(OptionsTest, EveryFlagIsRead) {
  const Result<Options> parsed = Options::parse({"--listen-tcp",
                                                 "a:1",
                                                 "--listen-tcp",
                                                 "b:2",
                                                 "--listen-tcp-tls",
                                                 "c:3",
                                                 "--listen-websocket",
                                                 "d:4",
                                                 "--listen-websocket-tls=e:5",
                                                 "--tls-certificate",
                                                 "cert.pem",
                                                 "--tls-key",
                                                 "key.pem",
                                                 "--io-threads",
                                                 "4",
                                                 "--worker-threads",
                                                 "5",
                                                 "--heartbeat",
                                                 "0.5",
                                                 "--handshake-timeout",
                                                 "2.25",
                                                 "--shutdown-timeout",
                                                 "3.5",
                                                 "--packet-bytes-max",
                                                 "1000",
                                                 "--send-queue-bytes-max",
                                                 "2000",
                                                 "--log-level",
                                                 "error"});
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->listen_tcp, (Words{"a:1", "b:2"}));
  EXPECT_EQ(parsed->listen_tcp_tls, Words{"c:3"});
  EXPECT_EQ(parsed->listen_websocket, Words{"d:4"});
  EXPECT_EQ(parsed->listen_websocket_tls, Words{"e:5"});
  EXPECT_EQ(parsed->tls_certificate, "cert.pem");
  EXPECT_EQ(parsed->tls_key, "key.pem");
  EXPECT_EQ(parsed->io_threads, 4u);
  EXPECT_EQ(parsed->worker_threads, 5u);
  EXPECT_EQ(parsed->heartbeat_interval, milliseconds{500});
  EXPECT_EQ(parsed->handshake_timeout, milliseconds{2'250});
  EXPECT_EQ(parsed->shutdown_timeout, milliseconds{3'500});
  EXPECT_EQ(parsed->packet_bytes_max, 1000u);
  EXPECT_EQ(parsed->send_queue_bytes_max, 2000u);
  EXPECT_EQ(parsed->log_level, LogLevel::error);
}

TEST(OptionsTest, EveryEnvironmentVariableIsRead) {
  const Variable variables[] = {{"NANO_LISTEN_TCP", "a:1"},       {"NANO_LISTEN_TCP_TLS", "c:3"},
                                {"NANO_LISTEN_WEBSOCKET", "d:4"}, {"NANO_LISTEN_WEBSOCKET_TLS", "e:5"},
                                {"NANO_TLS_CERTIFICATE", "c"},    {"NANO_TLS_KEY", "k"},
                                {"NANO_IO_THREADS", "4"},         {"NANO_WORKER_THREADS", "5"},
                                {"NANO_HEARTBEAT", "0.5"},        {"NANO_HANDSHAKE_TIMEOUT", "2"},
                                {"NANO_PACKET_BYTES_MAX", "99"},  {"NANO_SEND_QUEUE_BYTES_MAX", "2000"},
                                {"NANO_SHUTDOWN_TIMEOUT", "60"},  {"NANO_LOG_LEVEL", "debug"}};
  const Result<Options> parsed = Options::parse({});
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->listen_tcp, Words{"a:1"});
  EXPECT_EQ(parsed->listen_tcp_tls, Words{"c:3"});
  EXPECT_EQ(parsed->listen_websocket, Words{"d:4"});
  EXPECT_EQ(parsed->listen_websocket_tls, Words{"e:5"});
  EXPECT_EQ(parsed->tls_certificate, "c");
  EXPECT_EQ(parsed->tls_key, "k");
  EXPECT_EQ(parsed->io_threads, 4u);
  EXPECT_EQ(parsed->worker_threads, 5u);
  EXPECT_EQ(parsed->heartbeat_interval, milliseconds{500});
  EXPECT_EQ(parsed->handshake_timeout, seconds{2});
  EXPECT_EQ(parsed->shutdown_timeout, seconds{60});
  EXPECT_EQ(parsed->packet_bytes_max, 99u);
  EXPECT_EQ(parsed->send_queue_bytes_max, 2000u);
  EXPECT_EQ(parsed->log_level, LogLevel::debug);
}

TEST(OptionsTest, TheFlagWinsOverTheEnvironmentAndThatOverTheCode) {
  const Variable threads{"NANO_IO_THREADS", "4"};
  const Variable address{"NANO_LISTEN_TCP", "environment:1"};
  Options defaults;
  defaults.io_threads = 1;
  defaults.listen_tcp = {"code:1"};
  const Result<Options> environment = Options::parse({}, defaults, {}, "server");
  EXPECT_EQ(environment->io_threads, 4u);
  EXPECT_EQ(environment->listen_tcp, Words{"environment:1"});
  const Result<Options> flags =
      Options::parse({"--io-threads", "7", "--listen-tcp", "flag:1"}, defaults, {}, "server");
  EXPECT_EQ(flags->io_threads, 7u);
  EXPECT_EQ(flags->listen_tcp, Words{"flag:1"});
}

TEST(OptionsTest, WrongNumbersGetASentenceWithTheRange) {
  const struct {
    const char* flag;
    std::vector<const char*> values;
    const char* range;
  } cases[] = {{"--io-threads", {"-1", "257", "many", "1.5"}, "0 to 256"},
               {"--worker-threads", {"0", "1025", "x"}, "1 to 1024"},
               {"--heartbeat", {"0", "-1", "nan", "inf", "1e9", "30s"}, "0.01 to 86400"},
               {"--handshake-timeout", {"0", "3601", "nan"}, "0.01 to 3600"},
               {"--shutdown-timeout", {"0", "3601", "soon"}, "0.1 to 3600"},
               {"--packet-bytes-max", {"63", "16777216", "-1"}, "64 to 16777215"},
               {"--send-queue-bytes-max", {"1023", "-1", "99999999999999999999"}, "1024 to 1099511627776"}};
  for (const auto& wrong : cases) {
    for (const char* value : wrong.values) {
      EXPECT_EQ(complaint({std::string{wrong.flag} + "=" + value}),
                std::string{wrong.flag} + ": \"" + value + "\" is no number from " + wrong.range +
                    ". (--help lists all options.)");
    }
  }
  const Variable variable{"NANO_IO_THREADS", "some"};
  EXPECT_EQ(complaint({}),
            "--io-threads: \"some\" is no number from 0 to 256. (--help lists all options.) The environment "
            "variable NANO_IO_THREADS sets it.");
  EXPECT_EQ(complaint({"--io-threads=many"}),
            "--io-threads: \"many\" is no number from 0 to 256. (--help lists all options.)");
}

TEST(OptionsTest, OtherMistakesGetASentenceToo) {
  EXPECT_EQ(complaint({"--log-level", "loud"}),
            "--log-level is debug, info, warning, error or off, not \"loud\".");
  const std::string both = "--tls-certificate and --tls-key go together: give both files, or none.";
  EXPECT_EQ(complaint({"--tls-key", "k.pem"}), both);
  EXPECT_EQ(complaint({"--tls-certificate", "c.pem"}), both);
  const std::string files = "A listener with TLS needs --tls-certificate and --tls-key.";
  EXPECT_EQ(complaint({"--listen-tcp-tls", "a:1"}), files);
  EXPECT_EQ(complaint({"--listen-websocket-tls", "a:1"}), files);
  EXPECT_EQ(complaint({"--no-such-flag"}),
            "The following argument was not expected: --no-such-flag (--help lists all options.)");
  EXPECT_EQ(complaint({"stray"}),
            "The following argument was not expected: stray (--help lists all options.)");
  EXPECT_NE(complaint({"--heartbeat"}).find("--heartbeat: 1 required"), std::string::npos);
}

TEST(OptionsTest, AddressesAreLookedAt) {
  EXPECT_EQ(complaint({"--listen-websocket", "localhost"}),
            "--listen-websocket cannot be \"localhost\": write host:port, as in 0.0.0.0:3250 or [::1]:3250.");
  EXPECT_NE(complaint({"--listen-tcp", "127.0.0.1:99999"}).find("0 to 65535"), std::string::npos);
  EXPECT_NE(complaint({"--listen-tcp", "::1:80"}).find("in brackets"), std::string::npos);
  const Variable variable{"NANO_LISTEN_TCP", "nonsense"};
  EXPECT_NE(complaint({}).find("The environment variable NANO_LISTEN_TCP sets it."), std::string::npos);
}

TEST(OptionsTest, AVariableThatIsNoOptionIsWarnedOf) {
  const Variable misspelt{"NANO_LISTEN_TPC", "127.0.0.1:1"};
  const Variable right{"NANO_LISTEN_TCP", "127.0.0.1:1"};
  const Result<Options> parsed = Options::parse({});
  ASSERT_TRUE(parsed.ok());
  const auto warned_of = [&](const std::string& name) {
    return std::any_of(parsed->warnings.begin(), parsed->warnings.end(), [&](const std::string& warning) {
      return warning.find(name + " ") != std::string::npos;
    });
  };
  EXPECT_TRUE(warned_of("NANO_LISTEN_TPC"));
  EXPECT_FALSE(warned_of("NANO_LISTEN_TCP"));
}

TEST(OptionsTest, OnesOfTheCodeAreCheckedWhenAnApplicationIsMade) {
  const auto refusal = [](void (*change)(Options&)) -> std::string {
    Options options;
    change(options);
    try {
      const testing::World world{1, options};
      return "nothing thrown";
    } catch (const std::invalid_argument& refused) {
      return refused.what();
    }
  };
  EXPECT_EQ(refusal([](Options& o) { o.heartbeat_interval = seconds{0}; }),
            "--heartbeat is a number of seconds from 0.01 to 86400.");
  EXPECT_EQ(refusal([](Options& o) { o.handshake_timeout = std::chrono::hours{2}; }),
            "--handshake-timeout is a number of seconds from 0.01 to 3600.");
  EXPECT_EQ(refusal([](Options& o) { o.shutdown_timeout = Duration::zero(); }),
            "--shutdown-timeout is a number of seconds from 0.1 to 3600.");
  EXPECT_EQ(refusal([](Options& o) { o.io_threads = 257; }),
            "--io-threads is a number from 0 to 256; more threads than processors gain nothing.");
  EXPECT_EQ(refusal([](Options& o) { o.worker_threads = 0; }),
            "--worker-threads is a number from 1 to 1024.");
  EXPECT_EQ(refusal([](Options& o) { o.packet_bytes_max = 1u << 24; }),
            "--packet-bytes-max is a number from 64 to 16777215, which is what the wire format can say.");
  EXPECT_EQ(refusal([](Options& o) { o.send_queue_bytes_max = 0; }),
            "--send-queue-bytes-max is a number from 1024 to 1099511627776.");
  EXPECT_EQ(refusal([](Options&) {}), "nothing thrown");
}

TEST(OptionsTest, AddressesMayBePartedByCommas) {
  const Variable variable{"NANO_LISTEN_WEBSOCKET", "[::1]:1,b:2"};
  const Result<Options> parsed = Options::parse({"--listen-tcp", "a:1,b:2", "--listen-tcp", "c:3"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->listen_tcp, (Words{"a:1", "b:2", "c:3"}));
  EXPECT_EQ(parsed->listen_websocket, (Words{"[::1]:1", "b:2"}));
}

TEST(OptionsTest, InflatingIsSwitchedOnAndOff) {
  EXPECT_TRUE(Options::parse({})->inflate);
  EXPECT_FALSE(Options::parse({"--inflate", "off"})->inflate);
  EXPECT_TRUE(Options::parse({"--inflate", "on"})->inflate);
  const Result<Options> wrong = Options::parse({"--inflate", "perhaps"});
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("--inflate: \"perhaps\" is neither on nor off."), std::string::npos)
      << wrong.error().message;
}

TEST(OptionsTest, HelpListsEveryFlagWithItsVariableAndDefault) {
  const Result<Options> help = Options::parse({"--help"});
  ASSERT_FALSE(help.ok());
  EXPECT_EQ(help.error().code, "help");
  for (const std::string flag :
       {"listen-tcp", "listen-tcp-tls", "listen-websocket", "listen-websocket-tls", "tls-certificate",
        "tls-key", "io-threads", "worker-threads", "heartbeat", "handshake-timeout", "shutdown-timeout",
        "packet-bytes-max", "inflate", "send-queue-bytes-max", "log-level"}) {
    std::string variable = "NANO_" + flag;
    for (char& letter : variable) letter = letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
    EXPECT_NE(help.error().message.find("--" + flag + " "), std::string::npos) << flag;
    EXPECT_NE(help.error().message.find("(Env:" + variable + ")"), std::string::npos) << variable;
  }
  EXPECT_NE(help.error().message.find("0.01 to 86400=30"), std::string::npos) << help.error().message;
}

TEST(OptionsTest, FlagsOfTheProgramThatCannotBeAreToldInASentence) {
  bool flag = false;
  std::string text;
  const auto told = [](const ProgramOption& own) {
    const Result<Options> parsed = Options::parse({}, Options{}, {own}, "chat");
    return parsed ? "" : parsed.error().code + ": " + parsed.error().message;
  };
  const auto expect_told = [&](const ProgramOption& own) {
    const std::string sentence = told(own);
    EXPECT_TRUE(sentence.starts_with("invalid_argument: One of the program's own flags")) << sentence;
    EXPECT_NE(sentence.find(own.flag.substr(own.flag.find_first_not_of('-'), 5)), std::string::npos)
        << sentence;
  };
  expect_told({"--inflate", "Nano's", &flag});
  expect_told({"--io-threads", "Nano's", &text});
  expect_told({"--ro oms", "With a space", &text});
  expect_told({"rooms", "A flag without dashes", &flag});
  EXPECT_EQ(told({"--rooms", "Possible", &flag}), "");
}

TEST(OptionsTest, ProgramsHaveFlagsOfTheirOwn) {
  std::string title = "Chat";
  int rooms = 3;
  double rate = 20;
  bool verbose = false;
  const std::vector<ProgramOption> own = {{"--title", "The title", &title},
                                          {"--rooms", "How many rooms there are", &rooms},
                                          {"--rate", "Ticks a second", &rate},
                                          {"--verbose", "Say more", &verbose}};
  const Result<Options> help = Options::parse({"-h"}, Options{}, own, "chat");
  EXPECT_NE(help.error().message.find("Usage: chat"), std::string::npos);
  EXPECT_NE(help.error().message.find("--rooms INT=3"), std::string::npos) << help.error().message;
  ASSERT_TRUE(
      Options::parse({"--rooms", "5", "--verbose", "--title=Two words"}, Options{}, own, "chat").ok());
  EXPECT_EQ(rooms, 5);
  EXPECT_EQ(rate, 20);
  EXPECT_EQ(title, "Two words");
  EXPECT_TRUE(verbose);
  EXPECT_FALSE(Options::parse({"--rooms", "many"}, Options{}, own, "chat").ok());
}

}  // namespace
}  // namespace nano
