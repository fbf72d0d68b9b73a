//! Names of events, as trackers, shops and languages call what customers and shops do. Upper case, accents and the words
//! of [`ASIDE`] do not count, nor does the order of words.

/// Words that say who, where or of what kind of thing, and nothing of what was done.
pub(super) const ASIDE: &str = "product products item items the a an user customer web app mobile event ecommerce commerce shop \
    store to of on in from fb pixel default track mp amplitude offsite server client prod sku article \
    produkt produkts produktes artikel artikels produit producto prodotto produto urun tuote tuotteen towar towaru produktu \
    vare vara varen den dem der die das im ins zum zur al au aux dans le la les de des du del della il lo el un una o os as \
    ao aan het een i til do na pa em nel товар товара в";

/// Names of views of items.
pub(super) const VIEWS: &str = "view, views, viewed, content view, detail, details, detail view, detail viewed, page view, \
    page views, page viewed, page, pageview, pageviews, webpagedetails page views, pv, pdp, pdp view, pdp viewed, click, \
    clicked, clicks, click detail, see, seen, show, shown, listing view, browse, browsed, impression detail, \
    ansicht, produktansicht, artikelansicht, angesehen, aufruf, produktaufruf, seitenaufruf, klick, \
    vue, consultation, consulte, vista, visto, ver, visualizacion, visualizzazione, visualizzato, visualizacao, visualizou, \
    weergave, productweergave, bekeken, wyswietlenie, odslona, obejrzenie, visning, produktvisning, sidvisning, visad, vist, \
    katselu, tuotekatselu, katsottu, goruntuleme, goruntulendi, inceleme, просмотр, просмотрен, \
    ansehen, anzeigen, gesehen, betrachtet, aufgerufen, detailansicht, vu, affichage, affiche, visualisation, visualise, \
    consultado, consulta, detalle, visualizado, visualizza, visualizzata, vedi, visualizar, bekijken, bekijk, gezien, \
    weergegeven, wyswietlono, obejrzano, ogladanie, visat, goruntule, goruntulenme, просмотры, просмотрел, просмотрено";

/// Names of visits to pages that show no item.
pub(super) const VISITS: &str = "visit, visited, visits, visite, visita, besuch, bezoek, besok, wizyta, vierailu, ziyaret, \
    посещение, визит, screen, screen view, screen viewed, screenview, home view, home viewed, home page view, homepage, \
    homepage view, homepage viewed, category view, category viewed, category page view, collection viewed, active site, \
    opened application, application opened, foreground, \
    landing page view";

/// Names of putting items into the cart.
pub(super) const CARTS: &str = "cart, add, added, add cart, added cart, addtocart, addedtocart, cart in, add basket, added \
    basket, basket, add bag, added bag, bag, atc, addcart, cartadd, addbasket, addtobasket, add trolley, sc add, list adds, \
    add to cart click, warenkorb, in den warenkorb, gelegt warenkorb, hinzugefugt warenkorb, panier, ajout panier, ajoute \
    panier, ajouter panier, carrito, anadir carrito, anadido carrito, agregar carrito, agregado carrito, carrello, aggiungi \
    carrello, aggiunto carrello, carrinho, adicionar carrinho, adicionado carrinho, winkelwagen, winkelmandje, toevoegen \
    winkelwagen, toegevoegd winkelwagen, koszyk, koszyka, dodaj koszyka, dodano koszyka, dodanie koszyka, varukorg, lagg \
    varukorg, lagd varukorg, lagd varukorgen, kurv, kurven, laeg kurv, lagt kurv, lagt kurven, tilfoj kurv, handlekurv, lagt \
    handlekurv, lagt handlekurven, legg handlekurv, ostoskori, ostoskoriin, lisaa ostoskoriin, lisatty ostoskoriin, sepet, \
    sepete, sepete ekle, sepete eklendi, sepete ekleme, корзина, корзину, добавить корзину, добавлен корзину, добавление \
    корзину, einkaufswagen, gelegt einkaufswagen, hinzugefugt einkaufswagen, legen warenkorb, hinzufugen warenkorb, mis \
    panier, mise panier, ajoutee panier, cesta, anadir cesta, anadido cesta, agregar cesta, anadio carrito, agrego carrito, \
    anadida carrito, aggiunta carrello, aggiungere carrello, messo carrello, inserito carrello, inserimento carrello, \
    adicionou carrinho, adicao carrinho, colocado carrinho, toevoegen winkelmandje, toegevoegd winkelmandje, toevoeging \
    winkelwagen, dodal koszyka, dodala koszyka, dodane koszyka, lagg varukorgen, lagt varukorg, lagt varukorgen, kundvagn, \
    lagg kundvagn, lagd kundvagn, tilfojet kurv, tilfoj kurven, добавлено корзину, добавил корзину, добавила корзину, \
    добавленный корзину";

/// Names of purchases, the surest first: of several that name the same orders the first is the purchase.
pub(super) const PURCHASES: &str = "purchase, purchased, purchases, conversion purchase, transaction, transactions, buy, \
    bought, completed order, complete order, order complete, checkout completed, checkout complete, complete purchase, \
    completed purchase, purchase success, buy success, payment succeeded, payment success, completed payment, charge \
    succeeded, order paid, orders paid, paid, pay, payment, ordered, order, orders, order placed, order place, confirmed \
    order, confirm order, created order, create order, create orders, new order, order submitted, sale, sales, sold, invoice, \
    invoice paid, checkout success, conversion, revenue, revenue verified, \
    kauf, gekauft, einkauf, bestellung, bestellt, achat, achete, commande, commande passee, commande validee, compra, \
    comprado, pedido, pedido realizado, acquisto, acquistato, ordine, ordine effettuato, compra realizada, aankoop, gekocht, \
    bestelling, zakup, kupiono, zamowienie, kop, kopt, bestallning, kob, kobt, kjop, kjopt, bestilling, osto, ostettu, \
    tilaus, satin alma, satinalma, satin alindi, siparis, покупка, куплен, заказ, оформлен заказ, \
    kauf abgeschlossen, bestellung abgeschlossen, bestellung bezahlt, bezahlt, zahlung erfolgreich, zahlung eingegangen, \
    bestellung aufgegeben, bestellung eingegangen, bestellung bestatigt, bestellung angelegt, achat effectue, achat valide, \
    commande payee, paye, payee, paiement, paiement accepte, paiement reussi, commande confirmee, commande effectuee, commande \
    finalisee, commande creee, compra completada, compra finalizada, pedido pagado, pagado, pago, pago realizado, pago \
    completado, compra confirmada, pedido completado, pedido confirmado, pedido creado, acquisto completato, acquisto \
    effettuato, ordine pagato, pagato, pagamento, pagamento completato, pagamento riuscito, ordine completato, ordine \
    confermato, ordine creato, compra concluida, pedido pago, pagamento aprovado, pedido criado, pedido confirmado, aankoop \
    voltooid, bestelling betaald, betaald, betaling, betaling geslaagd, bestelling geplaatst, bestelling bevestigd, zakup \
    zakonczony, zakupiono, zamowienie oplacone, oplacono, oplacone, platnosc, zamowienie zlozone, zlozono zamowienie, \
    zlozenie zamowienia, genomfort kop, slutfort kop, order betald, betald, betalning, order lagd, lagd bestallning, odeme \
    yapildi, odendi, odeme, siparis odendi, siparis tamamlandi, siparis verildi, satin alim, покупка совершена, совершена \
    покупка, оплата, оплачен, оплачено, заказ оплачен, оплачен заказ, создан заказ, заказ создан, заказ оформлен";

/// Names of what becomes of an order that was bought: no purchase of their own.
pub(super) const STEPS: &str = "shipped, order shipped, orders shipped, shipment created, shipment sent, dispatched, order \
    dispatched, delivered, order delivered, orders delivered, fulfilled, order fulfilled, orders fulfilled, order updated, \
    orders updated, versandt, versendet, bestellung versandt, bestellung versendet, geliefert, zugestellt, bestellung \
    geliefert, bestellung zugestellt, expediee, commande expediee, livree, commande livree, enviado, pedido enviado, \
    entregado, pedido entregado, spedito, ordine spedito, consegnato, ordine consegnato, pedido entregue, entregue, verzonden, \
    bestelling verzonden, bezorgd, bestelling bezorgd, wyslano, zamowienie wyslane, dostarczono, zamowienie dostarczone, \
    order skickad, skickad, levererad, order levererad, kargoya verildi, teslim edildi, отправлен, заказ отправлен, доставлен, \
    заказ доставлен";

/// Names of what came back, the surest first: of several that name the same orders the first is the return.
pub(super) const RETURNS: &str = "refund, refunds, refunded, order refunded, order refund, create refunds, create refund, \
    created refund, refund issued, refund completed, refund succeeded, refund processed, charge refunded, payment refunded, \
    partial refund, refund partial, full refund, purchase refunded, transaction refunded, return, returns, returned, order \
    returned, purchase returned, return completed, return received, chargeback, erstattung, erstattet, retoure, ruckgabe, \
    rucksendung, remboursement, rembourse, commande remboursee, retour, reembolso, reembolsado, devolucion, devuelto, \
    rimborso, rimborsato, reso, devolucao, estorno, terugbetaling, terugbetaald, retournering, zwrot, zwrocono, aterbetalning, \
    retur, returnering, refusion, refusjon, palautus, palautettu, hyvitys, iade, iade edildi, возврат, возвращен, \
    order cancelled, order canceled, orders cancelled, cancel order, order cancel, order cancellation, cancelled purchase, \
    purchase canceled, order voided, storno, storniert, stornierung, bestellung storniert, annulation, commande annulee, \
    cancelacion, pedido cancelado, anulacion, ordine annullato, annullamento, cancelamento, annulering, anulowanie, \
    avbestallning, annullering, peruutus, iptal, siparis iptal, отмена, отмена заказа, заказ отменен, \
    ruckerstattung, bestellung erstattet, remboursement effectue, pedido reembolsado, reembolso realizado, ordine rimborsato, \
    rimborso effettuato, zwrot srodkow, bestelling geretourneerd, geretourneerd, возврат средств";

/// By which ways shops send messages.
pub(super) const CHANNELS: &str = "email emails mail sms push notification notifications message messages newsletter campaign \
    whatsapp mms pushnotification inapp inappmessage letter nachricht courriel correo posta e-mail epost sahkoposti eposta \
    рассылка письмо";

/// What may stand beside a channel and says nothing more.
pub(super) const BESIDE_CHANNEL: &str = "link marketing transactional automated triggered mobile web browser app in list users e \
    klaviyo braze iterable hubspot flow blast";

/// What shops do with messages, the surest first: of several of one channel the first is the contact.
pub(super) const SENT: &str = "sent send sends sending received receive delivered delivery deliver gesendet versendet envoye \
    enviado inviato verzonden wyslano skickat sendt lahetetty gonderildi отправлено";

/// What customers answer.
pub(super) const CLICKED: &str = "click clicked clicks clickthrough tapped geklickt clique clic cliccato geklikt klikniecie \
    klickat klikket klikattu tiklandi клик";

/// What else is told of messages: a log that has such names by themselves is one of messages.
pub(super) const OF_MESSAGES: &str = "open opened opens bounce bounced bounces hardbounce softbounce hard_bounce soft_bounce \
    dropped deferred deferral spam spamreport spam_report complaint unsubscribe unsubscribed unsub";

/// Names of wanting no more messages.
pub(super) const OPT_OUTS: &str = "unsubscribe, unsubscribed, unsubscribes, unsub, group unsubscribe, list unsubscribe, opt out, \
    opted out, optout, optedout, unsubscribed marketing, unsubscribed list, spam report, spamreport, marked spam, mark spam, \
    complaint, spam complaint, abgemeldet, abmeldung, newsletter abgemeldet, desabonnement, desinscription, baja, cancelar \
    suscripcion, disiscrizione, disiscritto, cancelamento inscricao, descadastro, uitgeschreven, uitschrijven, wypisanie, \
    avregistrering, avregistrerad, afmelding, frameldt, avmelding, avmeldt, peruutettu tilaus uutiskirje, abonelikten ayrilma, \
    отписка, отписался";
