package dev.tidepool.examples.boot;

import java.util.List;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The bank over HTTP. */
@RestController
public class BankController {
  private final Bank bank;

  /** For Spring. */
  public BankController(Bank bank) {
    this.bank = bank;
  }

  /** All accounts. */
  @GetMapping("/accounts")
  public List<Account> accounts() {
    return bank.accounts();
  }

  /** Moves money from one account to another. */
  @PostMapping("/transfers")
  public List<Account> transfer(
      @RequestParam String from, @RequestParam String to, @RequestParam long cents) {
    bank.transfer(from, to, cents);
    return bank.accounts();
  }

  /** What the caller got wrong: an unknown account, or one without enough money. */
  @ExceptionHandler({IllegalArgumentException.class, DataIntegrityViolationException.class})
  @ResponseStatus(HttpStatus.CONFLICT)
  public String refused(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
