// Internal header. PemFiles: whether PEM files are what TLS needs, told before they are used.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace nano {

/// Paths, as the operator gave them; an empty one is not used. Any thread. All sentences begin with the
/// option that is to be changed.
struct PemFiles {
  std::string certificate;  ///< followed by the intermediate ones
  std::string key;
  std::string authority;
  std::string
      option_prefix;  ///< "--tls-" where the options are --tls-certificate, --tls-key, --tls-authority

  /// Throws std::invalid_argument with a sentence when no TLS can be spoken with them: one cannot be read,
  /// holds something else than it should, is encrypted, or the key is not the certificate's.
  void check() const;

  /// Sentences about what can be used, but keeps others from connecting, now or soon: the certificate's days,
  /// that it does not name `host` (empty: whatever it names), that it is not the authority's; and a key that
  /// every user of the machine can read.
  std::vector<std::string> warnings(std::string_view host, std::chrono::system_clock::time_point now) const;
};

}  // namespace nano
