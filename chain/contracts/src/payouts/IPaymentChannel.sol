// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Payments between agents by cumulative vouchers
/// @notice A payer puts an amount in for a payee and then signs vouchers, each for all that was used so far: the last one
///   is the only one that counts, and a thousand calls are settled by one transaction. Vouchers are EIP-712 messages
///   `Voucher(bytes32 channel,uint256 cumulative)` of the domain "OpenLedger PaymentChannel", version "1", so that one
///   holds on one chain for one channel of one contract. Accounts with code sign by ERC-1271; such an account can take
///   back what it signed, if its code lets it: who accepts its vouchers knows that code, or settles often.
///
///   A channel is named by payer, payee and a salt of the payer's. It is closed by the payee at any time, or by the payer
///   after the dispute window, in which the payee can still settle. What is left goes back to the payer. A closed channel
///   stays closed: its vouchers never count again.
///
///   There is no owner.
interface IPaymentChannel {
    /// @notice A channel.
    /// @param deposit put in ever, in wei
    /// @param settled paid to the payee ever, in wei
    /// @param closesAt from when the rest can go back, in seconds since 1970; 0 as long as nobody closes it
    /// @param finished whether the rest has gone back
    struct State {
        uint96 deposit;
        uint96 settled;
        uint48 closesAt;
        bool finished;
    }

    /// @notice An amount was put in; the first time the channel begins.
    event Deposited(
        bytes32 indexed channel, address indexed payer, address indexed payee, bytes32 salt, uint256 amount
    );

    /// @notice The payee has been paid `settled` wei ever.
    event Settled(bytes32 indexed channel, uint256 settled);

    /// @notice The channel closes; until `closesAt` the payee can settle.
    event Closing(bytes32 indexed channel, uint48 closesAt);

    /// @notice The rest went back to the payer.
    event Finished(bytes32 indexed channel, uint256 returned);

    error ZeroAddress();
    error WindowOutOfRange(uint48 window, uint48 minimum, uint48 maximum);
    error NothingSent();

    /// @notice The channel closes or is closed: nothing is put in any more, and the payer has nothing more to ask.
    error ChannelClosing(bytes32 channel, uint48 closesAt);
    error ChannelFinished(bytes32 channel);

    /// @notice Nothing was ever put in.
    error UnknownChannel(bytes32 channel);

    /// @notice Nobody closes it (0), or the dispute window is not over.
    error NotClosed(bytes32 channel, uint48 closesAt);

    /// @notice The payer did not sign this.
    error WrongSignature(bytes32 channel, uint256 cumulative);

    /// @notice The voucher pays nothing: it is not above what was settled, or the deposit is used up.
    error NothingToSettle(bytes32 channel, uint256 cumulative, uint256 settled);

    /// @notice The token that is paid, or the zero address for the native coin.
    function asset() external view returns (address);

    /// @notice Seconds that the payee has to settle after the payer began to close: 1 hour to 30 days. Never changes.
    function disputeWindow() external view returns (uint48);

    /// @notice The name of a channel.
    function idOf(address payer, address payee, bytes32 salt) external view returns (bytes32);

    /// @notice What a payer signs.
    function voucherDigest(bytes32 channel, uint256 cumulative) external view returns (bytes32);

    /// @notice A channel; zeros if it does not exist.
    function stateOf(bytes32 channel) external view returns (State memory);

    /// @notice Puts an amount in for a payee, from the caller, who is the payer: begins the channel, or adds to it.
    /// @param payee not zero (`ZeroAddress`)
    /// @param salt the payer's own name for the channel
    /// @param amount above zero (`NothingSent`); the value of the call, or approved tokens. A channel holds 2^96 − 1 wei
    ///   at most
    /// @return channel its name; `ChannelClosing`, `ChannelFinished`
    function deposit(address payee, bytes32 salt, uint256 amount) external payable returns (bytes32 channel);

    /// @notice Pays the payee what a voucher is worth: its amount, up to the deposit, less what was settled. Anyone.
    ///   Until the channel is finished (`ChannelFinished`), in the dispute window and after it.
    /// @param cumulative all that was used so far, in wei (`NothingToSettle`)
    /// @param signature the payer's (`WrongSignature`): 65 bytes, or what an ERC-1271 account takes
    function settle(address payer, address payee, bytes32 salt, uint256 cumulative, bytes calldata signature) external;

    /// @notice Closes without a window. The caller is the payee: settle first.
    function close(address payer, bytes32 salt) external;

    /// @notice Begins the dispute window. The caller is the payer, once (`ChannelClosing`).
    function requestClose(address payee, bytes32 salt) external;

    /// @notice Returns the rest to the payer, who is the caller, once (`ChannelFinished`), after the window (`NotClosed`).
    function finish(address payee, bytes32 salt) external;
}
