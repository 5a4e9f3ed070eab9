"""The search for secrets must find what it is for. The secrets below are made up, and put together
here from parts so that the search does not find them in this file."""

import subprocess
import tempfile
import unittest
from pathlib import Path

FIND_SECRETS = Path(__file__).resolve().parents[2] / ".ci" / "find-secrets"

SECRETS = {
    "GitLab access token": "glpat" + "-AbCdEfGhIj0123456789",
    "GitLab runner token": "glrt" + "-AbCdEfGhIj0123456789",
    "GitLab registration token": "GR134" + "8941AbCdEfGhIj0123456789",
    "AWS key": "AKIA" + "ABCDEFGHIJ012345",
    "AI key": "sk-ant" + "-api03-AbCdEfGhIj0123456789",
    "GitHub token": "ghp" + "_" + "a1" * 18,
    "Slack token": "xoxb" + "-0123456789-abcdef",
    "web token": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".c2lnbmF0dXJl",
    "private key": "-----BEGIN OPENSSH PRIVATE " + "KEY-----",
    "assigned password": "password" + ' = "' + "0123456789abcdefABCDEF01" + '"',
}
HARMLESS = ["glrt-test", "token: job-token-1", "GITLAB_TOKEN is read from the environment", "-----BEGIN CERTIFICATE-----"]


def search(text):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text)
        file.flush()
        return subprocess.run([FIND_SECRETS], input=file.name + "\n", capture_output=True, text=True, check=False)


class FindSecrets(unittest.TestCase):
    def test_each_kind_of_secret_is_found_with_its_line(self):
        for kind, secret in SECRETS.items():
            with self.subTest(kind):
                answer = search(f"first line\nx {secret} y\n")
                self.assertEqual(answer.returncode, 1, answer.stderr)
                self.assertIn(".txt:2:", answer.stdout)

    def test_harmless_lines_are_not_found(self):
        answer = search("\n".join(HARMLESS) + "\n")
        self.assertEqual((answer.returncode, answer.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
