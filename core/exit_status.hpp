#pragma once

namespace runneriq {

// How a process ended.
class ExitStatus {
 public:
  static constexpr ExitStatus exited(int code) { return ExitStatus{code, 0}; }
  static constexpr ExitStatus killed_by(int signal) { return ExitStatus{0, signal}; }
  [[nodiscard]] constexpr bool success() const { return code_ == 0 && signal_ == 0; }
  // The signal that ended it; 0 when it ended by itself.
  [[nodiscard]] constexpr int signal() const { return signal_; }
  // The code as a shell gives it: the exit code, or 128 + N for signal N.
  [[nodiscard]] constexpr int shell_code() const { return signal_ != 0 ? 128 + signal_ : code_; }
  friend constexpr bool operator==(ExitStatus, ExitStatus) = default;

 private:
  constexpr ExitStatus(int code, int signal) : code_(code), signal_(signal) {}
  int code_;
  int signal_;
};

}  // namespace runneriq
